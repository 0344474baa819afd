"""Ids are TypeIDs: fresh ones sort by time, those of imported rows are the same everywhere."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typeid import TypeID

from fund_api.core.ids import SUFFIX_LENGTH, new_id, prefix_of, stable_id

PREFIXES = st.text(string.ascii_lowercase, min_size=3, max_size=10)


def test_stable_id_never_changes() -> None:
    assert stable_id("comm", "0664000") == "comm_4119kx13ffg4597raafx7j100c"


def test_stable_id_depends_on_every_part_of_its_source_and_their_borders() -> None:
    ids = {stable_id("comm", *parts) for parts in (("ab", "c"), ("a", "bc"), ("abc",), ("c", "ab"))}
    assert len(ids) == 4


def test_stable_id_depends_on_its_prefix() -> None:
    assert stable_id("comm", "1")[-SUFFIX_LENGTH:] != stable_id("camp", "1")[-SUFFIX_LENGTH:]


@given(PREFIXES, st.lists(st.text(), max_size=3))
def test_stable_id_is_a_typeid_of_version_8(prefix: str, source: list[str]) -> None:
    value = stable_id(prefix, *source)
    uuid = TypeID.from_string(value).uuid
    assert (prefix_of(value), uuid.version, uuid.int >> 62 & 0b11) == (prefix, 8, 0b10)


def test_new_ids_sort_as_they_were_made() -> None:
    made = [new_id("camp") for _ in range(1_000)]
    assert sorted(set(made)) == made


def test_new_id_is_a_typeid_of_version_7() -> None:
    value = new_id("camp")
    assert (prefix_of(value), TypeID.from_string(value).uuid.version) == ("camp", 7)


@given(PREFIXES, st.integers(0, 2**128 - 1))
def test_prefix_is_found_in_every_typeid(prefix: str, number: int) -> None:
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    suffix = "".join(alphabet[number >> shift & 31] for shift in range(125, -1, -5))
    assert prefix_of(f"{prefix}_{suffix}") == prefix


@given(st.text())
def test_prefix_is_found_only_in_text_of_the_right_length(text: str) -> None:
    prefix = prefix_of(text)
    assert prefix is None or len(text) == len(prefix) + 1 + SUFFIX_LENGTH


@pytest.mark.parametrize(
    "value",
    [
        "",
        "comm",
        "comm_",
        "01h455vb4pex5vsknk084sn02q",
        "comm_01h455vb4pex5vsknk084sn02",
        "comm_01h455vb4pex5vsknk084sn02qq",
        "comm_81h455vb4pex5vsknk084sn02q",
        "comm_01h455vb4pex5vsknk084sn02u",
        "Comm_01h455vb4pex5vsknk084sn02q",
        "comm_01H455VB4PEX5VSKNK084SN02Q",
        "comm_01h455vb4pex5vsknk084sn02q\n",
        " comm_01h455vb4pex5vsknk084sn02q",
        "comm_01h455vb4pex5vsknk084sn0２q",
    ],
)
def test_malformed_id_has_no_prefix(value: str) -> None:
    assert prefix_of(value) is None
