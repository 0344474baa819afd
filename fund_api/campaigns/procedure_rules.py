"""What a file of procedure rules means: what the law asks, as a citation says it."""

from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from fund_api.campaigns.procedure import RULE
from fund_api.campaigns.tables import Route
from fund_api.campaigns.work_tables import WHOLE
from fund_api.communities.importing import STATE, References, StateCode
from fund_api.communities.tables import CommunityKind
from fund_api.core.cells import whole
from fund_api.core.ids import stable_id
from fund_api.core.importing import Entry, Kind, Line, Row, Translate, ids_by
from fund_api.core.records import Problems


def _share(cell: object) -> int:
    """A percentage of at most two decimals, in hundredths of a percent: exact, as a threshold has to be."""
    before, point, after = str(cell).partition(".")
    digits = (before, after) if point else (before, "0")
    written = all(part.isascii() and part.isdigit() for part in digits) and len(before) <= 3 and len(after) <= 2
    found = int(before) * 100 + int(after.ljust(2, "0")) if written else 0
    if not 1 <= found <= WHOLE:
        raise ValueError("should be a percentage above 0, up to 100, with at most two decimals")
    return found


Share = Annotated[int, BeforeValidator(_share)]


class ProcedureRuleRow(Row):
    """A row of a file of procedure rules; none without a citation."""

    unique: ClassVar = (("state", "route", "applies_to"),)
    together: ClassVar = (("threshold_percent", "threshold_base"),)

    state: StateCode
    route: Route
    applies_to: CommunityKind | None
    threshold_percent: Share | None
    threshold_base: Annotated[str, Field(max_length=200)] | None
    days_before_election: Annotated[int, whole(0, 3_650)] | None
    approval_percent: Share | None
    citation: Annotated[str, Field(max_length=500)]
    note: Annotated[str, Field(max_length=1_000)] | None


async def _procedure_rules(connection: AsyncConnection, problems: Problems) -> Translate[ProcedureRuleRow]:
    states = References(await ids_by(connection, STATE.c.code, STATE.c.name), "state", problems)

    def translate(lines: Iterable[Line[ProcedureRuleRow]]) -> Iterator[Entry]:
        general: dict[tuple[str, str], int] = {}
        for number, row in lines:
            states.find(row.state, number, "state")
            first = general.setdefault((row.state, row.route), number) if row.applies_to is None else number
            if first != number:
                message = f"{row.state} has a rule of this route for all communities on line {first} already."
                problems.add(number, "applies_to", message)
            else:
                yield Entry(RULE, _values(row))

    return translate


def _values(row: ProcedureRuleRow) -> dict[str, object]:
    same = ("route", "applies_to", "threshold_base", "days_before_election", "citation", "note")
    return {
        "id": stable_id("rule", row.state, row.route, row.applies_to or ""),
        "state_code": row.state,
        **{name: getattr(row, name) for name in same},
        "threshold_hundredths": row.threshold_percent,
        "approval_hundredths": row.approval_percent,
    }


PROCEDURE_RULES = Kind("procedure_rules", ProcedureRuleRow, (RULE,), _procedure_rules)
