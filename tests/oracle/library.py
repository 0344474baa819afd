"""What the public sees of a world's library: what is live, with what belongs to it."""

from datetime import datetime

from tests.oracle.repairs import Row

Rows = dict[str, list[Row]]
OF_RESOURCES = ("practice_area_tag", "audience_tag", "format", "series_part", "print_item")
"""Tables whose rows are seen with their resource."""


def seen_of_library(rows: Rows, now: datetime) -> Rows:
    """The tables of which not everything is seen at a time."""
    live = {row["id"]: row for row in rows["revision"] if is_live(row, now)}
    found: Rows = {name: [row for row in rows[name] if row["resource_id"] in live] for name in OF_RESOURCES}
    found["revision"] = [_content(row, row, "url", "body") for row in live.values()]
    found["format"] = [_content(row, live[row["resource_id"]], "url") for row in found["format"]]
    written = {link["author_id"] for link in rows["resource_author"] if link["resource_id"] in live}
    publishing = {row["publisher_id"] for row in (*live.values(), *rows["periodical"])}
    begun = {row["series_id"] for row in found["series_part"]}
    for name, ids in (("author", written), ("publisher", publishing), ("series", begun)):
        found[name] = [row for row in rows[name] if row["id"] in ids]
    return found


def is_live(row: Row, now: datetime) -> bool:
    """Whether a revision is what readers see at a time."""
    since, until = row["live_from"], row["live_until"]
    return since is not None and since <= now and (until is None or now < until)


def _content(row: Row, revision: Row, *columns: str) -> Row:
    """A row with what only those may read who may read the resource."""
    return row if revision["access"] == "PUBLIC" else row | dict.fromkeys(columns)
