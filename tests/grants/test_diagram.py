"""The page on the life of a grant says what the table of moves says."""

import re

from fund_api.grants import diagram
from fund_api.grants.deciding_tables import Duty
from fund_api.grants.lifecycle import MOVES, PERMISSIONS, GrantAction
from fund_api.grants.tables import GrantStatus
from schema.__main__ import GRANT_PAGE

DUTIES = {permission: duty for duty, permission in PERMISSIONS.items()}


def named(cell: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", cell)


def test_the_written_page_is_what_the_moves_give() -> None:
    assert GRANT_PAGE.read_text(encoding="utf-8") == diagram.page()


def test_every_arrow_is_a_move_and_every_move_that_leads_somewhere_an_arrow() -> None:
    arrows = re.findall(r"^ +(\w+) --> (\w+): (.+)$", diagram.diagram(), re.MULTILINE)

    told = {(start, end, words.replace(" ", "_").upper()) for start, end, words in arrows}
    assert len(arrows) == len(told)
    assert told == {(move.start, move.end, move.action) for move in MOVES if move.end is not None}


def test_it_begins_as_a_draft_and_ends_where_nothing_leads_on() -> None:
    ends = re.findall(r"^ +(\w+) --> \[\*\]$", diagram.diagram(), re.MULTILINE)

    assert re.findall(r"^ +\[\*\] --> (\w+)$", diagram.diagram(), re.MULTILINE) == ["DRAFT"]
    assert ends == ["DECLINED", "COMPLETED", "WITHDRAWN", "CANCELLED"]


def test_the_rows_of_the_table_are_the_moves_with_their_duties() -> None:
    told = set()
    for line in diagram.table().splitlines()[2:]:
        action, _, starts, end, _, permissions = line.strip("| ").split(" | ")
        for start in named(starts):
            duties = tuple(DUTIES[permission] for permission in named(permissions))
            told.add((*named(action), start, GrantStatus(*named(end)) if named(end) else None, duties))

    assert told == {(move.action, move.start, move.end, move.duties) for move in MOVES}


def test_all_actions_and_duties_are_said_in_words() -> None:
    assert diagram.MEANINGS.keys() == set(GrantAction)
    assert PERMISSIONS.keys() == set(Duty)
    for words in ("the applicant or a grants officer", "anybody of the staff", "a reviewer", "an approver", "finance"):
        assert f"| {words} |" in diagram.table()
