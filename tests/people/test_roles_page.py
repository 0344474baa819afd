"""The page on signing in says what every role may do."""

import re
from pathlib import Path

from graphql import GraphQLEnumType

from fund_api.people.roles import PERMISSIONS, Role
from tests.asking import CATALOGUE

PAGE = Path(__file__).parents[2] / "docs" / "signing-in.md"


def table() -> str:
    """The page's table, as the roles would have it."""
    kind = CATALOGUE.schema.type_map["Role"]
    assert isinstance(kind, GraphQLEnumType)
    rows = ["| Role | Meaning | Permissions |", "| --- | --- | --- |"]
    for role in Role:
        permissions = ", ".join(f"`{permission}`" for permission in sorted(PERMISSIONS[role]))
        rows.append(f"| `{role.lower()}` | {kind.values[role].description} | {permissions} |")
    return "\n".join(rows)


def test_the_page_has_every_role_with_its_permissions() -> None:
    found = re.search(r"<!-- roles -->\n+(.*?)\n+<!-- /roles -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    said = found[1] if found else ""
    assert said == table(), f"{PAGE.name} should say, between <!-- roles --> and <!-- /roles -->:\n\n{table()}"
