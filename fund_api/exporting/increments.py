"""Increments: of a document's rows those that are other than at a cursor, and the ids of those that are gone.

Applied to what was exported at the cursor they give what a new export would write. Where only rows of the list itself
changed, or what they refer to, those are asked for; where something changed that may concern any row, all are.
"""

import io
from collections.abc import Collection, Iterator
from dataclasses import replace

from fund_api.core.errors import Failure
from fund_api.exporting.feed import JOINT, Difference, difference
from fund_api.exporting.marking import Marked
from fund_api.exporting.pipes import Pipe
from fund_api.exporting.running import Order, Target, pulled
from fund_api.exporting.sources import OnlyTrusted
from fund_api.reporting import cursors, questions
from fund_api.reporting.following import Followed, Path
from fund_api.reporting.forms import FormKind
from fund_api.reporting.narrowing import Condition, narrowed

BATCH = 500
"""Ids that are asked for at once: half of what a filter takes."""
MOST = 20 * BATCH
"""Beyond so many changes it is less work to read the whole list."""


async def increment(order: Order, followed: Followed, since: str, target: Target) -> str:
    """Write what changed since a cursor; the cursor for the next time. Raises Failure."""
    if order.kind is FormKind.PARQUET:
        raise Failure("What changed is written as JSON Lines or CSV: no row can be added to a file of Parquet.")
    try:
        return await _written(order, followed, since, target)
    except OnlyTrusted:
        raise Failure("The server answers trusted documents only, which can't be narrowed: export anew.") from None


async def _written(order: Order, followed: Followed, since: str, target: Target) -> str:
    told = await difference(order.source, since, followed.types, order.telling)
    marked = Marked(order.kind, followed.key, target)
    batches = list(_batches(followed, told))
    everything = _why_all(followed, told, len(batches))
    name = order.question.name
    if everything is None:
        order.telling.begin(name, len(told.here.get(followed.entity, ())), 0, 0)
        for only in batches:
            marked.next()
            await pulled(order, narrowed(order.question, followed.entity, only), marked)
    else:
        order.telling.say(f"{everything}: every row of the list comes again.")
        order.telling.begin(name, None, 0, 0)
        await pulled(order, order.question, marked)
    gone = told.here.get(followed.entity, set()) | told.gone.get(followed.entity, set())
    seen = list(marked.kept.cursors)
    if everything is not None and followed.chooses:
        ids, cursor = await _all_ids(order, followed, marked)
        gone |= ids
        seen += cursor
    here = len(marked.seen)
    deleted = marked.delete(gone - marked.seen)
    order.telling.end(marked.kept.rows, marked.kept.size)
    order.telling.say(f"{here:,} to add or to replace, {deleted:,} deleted.")
    return JOINT.join(cursors.distinct([told.cursor, *seen]))


def _why_all(followed: Followed, told: Difference, batches: int) -> str | None:
    """Why every row has to be looked at; None where only some."""
    if followed.always:
        return "What these rows say by the day, or of others, is not told row by row"
    if concerned := told.concerns(followed.others):
        return f"{' and '.join(concerned)} changed, which any row may have to do with"
    return "So much changed that it is less work" if batches > MOST // BATCH else None


def _batches(followed: Followed, told: Difference) -> Iterator[Condition]:
    """The filters that find what changed; at least one, which may find nothing: the columns come with it."""
    own = told.here.get(followed.entity, ())
    yield from _conditions(own, ()) if own else [{"id": {"in": []}}]
    for name, paths in followed.referred.items():
        for path in paths:
            yield from _conditions(told.here.get(name, ()), path)


def _conditions(ids: Collection[str], path: Path) -> Iterator[Condition]:
    """The filters that find the rows which have one of these ids at a path of fields."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        condition: Condition = {"id": {"in": ordered[start : start + BATCH]}}
        for step in reversed(path):
            condition = {step: condition}
        yield condition


async def _all_ids(order: Order, followed: Followed, marked: Marked) -> tuple[set[str], list[str]]:
    """The ids of everything that the list would have without the document's choice, and the cursors of that look."""
    text = f"query {{ {followed.root} {{ nodes {{ id }} }} }}"
    found = io.BytesIO()
    ids = Marked(FormKind.JSONL, "id", Pipe(found))
    ids.kept.rows, ids.kept.size = marked.kept.rows, marked.kept.size
    await pulled(replace(order, kind=FormKind.JSONL), questions.read(text, {}), ids)
    return ids.seen, ids.kept.cursors
