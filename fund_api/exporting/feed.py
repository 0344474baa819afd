"""The feed of changes as an export reads it: which rows are other than at a cursor, and where to go on next time."""

from collections.abc import Collection
from dataclasses import dataclass, field

from fund_api.core.errors import Failure
from fund_api.exporting.patience import patiently
from fund_api.exporting.progress import Telling
from fund_api.exporting.sources import Source
from fund_api.reporting.changes import GONE
from fund_api.reporting.questions import Asked
from schema.changes import EntityType

JOINT = "."
"""What joins the cursors of several snapshots to one text; no cursor has it."""
TOLD = frozenset(EntityType)
"""The types that the feed tells of."""
QUESTION = """query ChangesForExport($after: String!, $types: [EntityType!]!) {
  changes(after: $after, types: $types, first: 100) { nodes { kind type id } endCursor hasNextPage }
}"""


@dataclass(slots=True)
class Difference:
    """Ids of what changed, by their types."""

    here: dict[str, set[str]] = field(default_factory=dict)
    """What is there, new or other than before."""
    gone: dict[str, set[str]] = field(default_factory=dict)
    """What is not there any more, or not for this viewer."""
    cursor: str = ""
    """Of the end of the difference."""

    def add(self, kind: str, name: str, one: str) -> None:
        """Note a change."""
        (self.gone if kind in GONE else self.here).setdefault(name, set()).add(one)

    def concerns(self, types: Collection[str]) -> list[str]:
        """Those of the types of which something changed."""
        return sorted(name for name in types if self.here.get(name) or self.gone.get(name))


async def difference(source: Source, since: str, types: Collection[str], telling: Telling) -> Difference:
    """What changed of these types since a text of one cursor or several. Raises Failure, for a wrong cursor, too."""
    found = Difference()
    names = [EntityType(name).name for name in sorted(types)]
    for cursor in since.split(JOINT):
        end = await _told(source, cursor, names, telling, found)
        found.cursor = found.cursor or end
    return found


async def _told(source: Source, cursor: str, types: list[str], telling: Telling, found: Difference) -> str:
    """Note what the feed tells from a cursor on; the cursor of its end."""
    while True:
        try:
            data = await patiently(source, Asked(QUESTION, {"after": cursor, "types": types}), telling)
        except Failure as failure:
            raise Failure(f"{failure}\nWhat changed can't be told from there: export anew, without --since.") from None
        part = data["changes"]
        for each in part["nodes"]:
            found.add(each["kind"], EntityType[each["type"]].value, each["id"])
        cursor = part["endCursor"]
        if not part["hasNextPage"]:
            return str(cursor)
