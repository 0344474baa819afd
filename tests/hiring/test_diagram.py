"""The page on the life of a request says what the table of moves says."""

import re

from fund_api.hiring import diagram, lifecycle
from fund_api.hiring.lifecycle import MOVES, SIMPLE, HiringAction
from fund_api.hiring.tables import ENDED, HiringStage
from schema.__main__ import HIRING_PAGE


def test_the_written_page_is_what_the_moves_give() -> None:
    assert HIRING_PAGE.read_text(encoding="utf-8") == diagram.page()


def test_every_arrow_is_a_move_and_every_move_that_leads_somewhere_an_arrow() -> None:
    arrows = re.findall(r"^ +(\w+) --> (\w+): (.+)$", diagram.diagram(), re.MULTILINE)

    told = {(start, end, words.replace(" ", "_").upper()) for start, end, words in arrows}
    assert len(arrows) == len(told)
    assert told == {(move.start, move.end, move.action) for move in MOVES if move.end is not None}


def test_it_begins_as_received_and_ends_where_nothing_leads_on() -> None:
    drawn = diagram.diagram()

    assert re.findall(r"^ +\[\*\] --> (\w+)$", drawn, re.MULTILINE) == ["RECEIVED"]
    assert re.findall(r"^ +(\w+) --> \[\*\]$", drawn, re.MULTILINE) == [str(stage) for stage in ENDED]


def test_the_rows_of_the_table_are_the_moves() -> None:
    told = set()
    for line in diagram.table().splitlines()[2:]:
        action, _, starts, ends, _ = (re.findall(r"`([^`]+)`", cell) for cell in line.strip("|").split(" | "))
        told |= {(*action, start, end) for start in starts for end in ends or [None]}

    assert told == {(move.action, move.start, move.end) for move in MOVES}


def test_all_actions_are_said_in_words() -> None:
    assert diagram.MEANINGS.keys() == set(HiringAction)


def test_an_action_has_one_end_from_a_stage_but_to_go_on_where_it_was_held() -> None:
    pairs = [(move.action, move.start) for move in MOVES if move.action is not HiringAction.RESUME]

    assert len(pairs) == len(set(pairs))
    assert {move.after for move in MOVES if move.action is HiringAction.RESUME} == {
        move.start for move in MOVES if move.action is HiringAction.MOVE_TO_ON_HOLD
    }


def test_a_simple_move_is_named_by_its_stage() -> None:
    for stage in HiringStage:
        ways = lifecycle.ways(stage, HiringStage.TRIAGED)
        assert set(ways.values()) <= set(SIMPLE)
        for end, action in ways.items():
            assert action in (f"MOVE_TO_{end}", HiringAction.RESUME)
