"""Caches hold what was used last, as far as they have room."""

from fund_api.graph.kept import Kept


def test_the_entry_that_was_unused_for_longest_goes_first() -> None:
    kept: Kept[str, int] = Kept(2)
    kept.keep("a", 1)
    kept.keep("b", 2)
    kept.find("a")
    kept.keep("c", 3)

    assert dict(kept) == {"a": 1, "c": 3}


def test_heavy_entries_push_out_others_and_what_is_too_heavy_is_not_kept() -> None:
    kept: Kept[str, int] = Kept(10, room=100)
    for number, key in enumerate("abc"):
        kept.keep(key, number, 40)
    assert (dict(kept), kept.weight) == ({"b": 1, "c": 2}, 80)

    assert kept.keep("b", 9, 60) == 9
    assert (dict(kept), kept.weight) == ({"b": 9, "c": 2}, 100)
    assert kept.keep("d", 4, 101) == 4
    assert (dict(kept), kept.weight, kept.weights) == ({}, 0, {})
