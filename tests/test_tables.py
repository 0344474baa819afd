"""What holds for every table of every slice."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, get_args

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from fund_api.core.columns import Table, Text, UtcDateTime
from fund_api.core.database import Database
from fund_api.core.ids import SUFFIX_LENGTH, new_id, prefix_of
from tests.structure import tables

METADATA = tables()
COLUMNS = [column for table in METADATA.sorted_tables for column in table.columns]
LONGEST_NAME = 63
"""In bytes; PostgreSQL cuts longer names off."""

PREFIXES: dict[type[sa.Constraint], str] = {
    sa.PrimaryKeyConstraint: "pk",
    sa.ForeignKeyConstraint: "fk",
    sa.UniqueConstraint: "uq",
    sa.CheckConstraint: "ck",
}
DAY, LATER = date(2020, 1, 1), date(2020, 1, 2)
NOON, MIDNIGHT = datetime(2020, 1, 1, 12, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)
PAID = {"status": "PAID", "approved_by": "x", "paid_on": DAY, "paid_by": "x"}
SAMPLES = {sa.Boolean: False, sa.Date: DAY, UtcDateTime: NOON}

WRONG_TOGETHER: dict[str, dict[str, object]] = {
    "ck_ballot_measure_election_precision": {"election_on": DAY, "election_on_precision": None},
    "ck_campaign_election_precision": {"election_on": None, "election_on_precision": "DAY"},
    "ck_fiscal_year_days_order": {"ends_on": DAY},
    "ck_fiscal_year_lobbying_within_cap": {"lobbying": 1},
    "ck_funding_program_grant_bounds": {"grant_minimum": 2},
    "ck_funding_program_match_share": {"matching_policy": "PLEDGED"},
    "ck_funding_program_open_order": {"opens_on": LATER},
    "ck_funding_program_within_appropriation": {"appropriation": 1, "encumbered": 1, "expended": 1},
    "ck_grant_awarded_once_approved": {"status": "APPROVED"},
    "ck_grant_awarded_within_request": {"status": "APPROVED", "awarded": 2},
    "ck_grant_paid_within_scheduled": {"status": "APPROVED", "awarded": 1, "disbursed": 1},
    "ck_grant_scheduled_within_award": {"scheduled": 1},
    "ck_grant_settled_at_the_end": {"status": "CANCELLED", "awarded": 1},
    "ck_grant_settled_within_award": {"released": 1},
    "ck_grant_condition_met": {"met_at": NOON},
    "ck_match_commitment_verified": {"verified_by": "x"},
    "ck_disbursement_approved_by_somebody": {"status": "APPROVED"},
    "ck_disbursement_failed_because": {"status": "FAILED"},
    "ck_disbursement_paid": PAID | {"status": "APPROVED"},
    "ck_disbursement_paid_by_somebody": {"paid_by": "x"},
    "ck_disbursement_returned_once_paid": {"amount": 2, "returned": 1},
    "ck_disbursement_returned_whole": PAID | {"returned": 1},
    "ck_disbursement_returned_within_amount": PAID | {"returned": 2},
    "ck_grant_report_submitted": {"submitted_at": NOON},
    "ck_grant_report_submitted_with_text": {"status": "SUBMITTED"},
    "ck_ledger_entry_about_grant": {"grant_id": "x"},
    "ck_ledger_entry_about_tranche": {"disbursement_id": "x"},
    "ck_ledger_entry_sign": {"kind": "RELEASE", "grant_id": "x"},
    "ck_resource_translates_another": {"translation_of": f"res_{'0' * SUFFIX_LENGTH}"},
    "ck_revision_published_precision": {"published_on": DAY, "published_on_precision": None},
    "ck_revision_link_kind_of_url": {"url": "x"},
    "ck_revision_basis_of_language": {"language": "x"},
    "ck_revision_ends_if_begun": {"live_until": NOON},
    "ck_revision_ends_after_begin": {"live_from": MIDNIGHT, "live_until": NOON},
    "ck_topic_inside_another": {"parent_id": f"topic_{'0' * SUFFIX_LENGTH}"},
    "ck_hub_section_window_of_popular": {"rule": "POPULAR"},
    "ck_format_file_of_url": {"media_type": "x"},
    "ck_print_item_reserved_in_stock": {"reserved": 1},
    "ck_print_order_placed_only": {"shipped_at": NOON},
    "ck_print_order_shipped_when": {"state": "SHIPPED"},
    "ck_print_order_line_within_quantity": {"reserved": 1, "shipped": 1},
    "ck_invitation_accepted_by": {"accepted_at": NOON},
    "ck_event_change_private": {"digest": "0", "before": "1"},
    "ck_procedure_rule_threshold_of": {"threshold_hundredths": 1_500, "threshold_base": None},
    "ck_support_request_accepted_into": {"state": "ACCEPTED", "decided_at": NOON},
    "ck_support_request_decided": {"state": "RECEIVED", "decided_at": NOON},
    "ck_support_request_declined_because": {"state": "DECLINED", "decided_at": NOON},
    "ck_form_period_effective_order": {"effective_from": LATER, "effective_to": DAY},
    "ck_form_period_observed_precision": {"observed_on": None, "observed_on_precision": "YEAR"},
}
"""For every CHECK between columns, values that break it."""

RIGHT_TOGETHER: dict[str, dict[str, object]] = {
    "disbursement": {"paid_on": None, "paid_by": None},
    "event_change": {"digest": None},
    "fiscal_year": {"ends_on": LATER},
    "funding_program": {"match_hundredths": None},
    "grant": {"awarded": None},
    "hub_section": {"window_days": None},
    "ledger_entry": {"grant_id": None, "disbursement_id": None},
    "print_order": {"shipped_at": None},
    "resource": {"translation_of": None},
    "topic": {"parent_id": None},
    "support_request": {"decided_at": None, "campaign_id": None, "reason": None},
}
"""For tables where not every column may hold its least value at once, what others hold."""

BROKEN_TOO: dict[str, set[str]] = {
    "ck_disbursement_amount_range": {"ck_disbursement_returned_whole"},
    "ck_disbursement_returned_range": {"ck_disbursement_returned_once_paid", "ck_disbursement_returned_within_amount"},
    "ck_fiscal_year_lobbying_cap_range": {"ck_fiscal_year_lobbying_within_cap"},
    "ck_fiscal_year_lobbying_range": {"ck_fiscal_year_lobbying_within_cap"},
    "ck_format_media_type_length": {"ck_format_file_of_url"},
    "ck_format_size_bytes_range": {"ck_format_file_of_url"},
    "ck_funding_program_encumbered_range": {"ck_funding_program_within_appropriation"},
    "ck_funding_program_expended_range": {"ck_funding_program_within_appropriation"},
    "ck_funding_program_grant_maximum_range": {"ck_funding_program_grant_bounds"},
    "ck_funding_program_grant_minimum_range": {"ck_funding_program_grant_bounds"},
    "ck_funding_program_match_hundredths_range": {"ck_funding_program_match_share"},
    "ck_funding_program_matching_policy_known": {"ck_funding_program_match_share"},
    "ck_grant_awarded_range": {"ck_grant_awarded_once_approved"},
    "ck_grant_disbursed_range": {"ck_grant_settled_within_award"},
    "ck_grant_released_range": {"ck_grant_settled_within_award"},
    "ck_grant_returned_range": {"ck_grant_paid_within_scheduled", "ck_grant_settled_within_award"},
    "ck_grant_scheduled_range": {"ck_grant_paid_within_scheduled", "ck_grant_scheduled_within_award"},
    "ck_grant_report_text_length": {"ck_grant_report_submitted"},
    "ck_hub_section_window_days_range": {"ck_hub_section_window_of_popular"},
    "ck_ledger_entry_kind_known": {"ck_ledger_entry_about_grant"},
    "ck_print_item_in_stock_range": {"ck_print_item_reserved_in_stock"},
    "ck_print_item_reserved_range": {"ck_print_item_reserved_in_stock"},
    "ck_print_order_line_cancelled_range": {"ck_print_order_line_within_quantity"},
    "ck_print_order_line_quantity_range": {"ck_print_order_line_within_quantity"},
    "ck_print_order_line_reserved_range": {"ck_print_order_line_within_quantity"},
    "ck_print_order_line_shipped_range": {"ck_print_order_line_within_quantity"},
    "ck_procedure_rule_threshold_base_length": {"ck_procedure_rule_threshold_of"},
    "ck_procedure_rule_threshold_hundredths_range": {"ck_procedure_rule_threshold_of"},
    "ck_revision_language_basis_known": {"ck_revision_basis_of_language"},
    "ck_revision_language_length": {"ck_revision_basis_of_language"},
    "ck_revision_link_kind_known": {"ck_revision_link_kind_of_url"},
    "ck_revision_url_length": {"ck_revision_link_kind_of_url"},
    "ck_support_request_reason_length": {"ck_support_request_declined_because"},
    "ck_support_request_state_known": {"ck_support_request_decided"},
}
"""A CHECK whose violation breaks others as well, which a database may name first."""


def checks(column: sa.Column[Any]) -> dict[str, str]:
    """The column's own CHECKs, by the last word of their name."""
    return {kind: condition.format(column=column.name) for kind, condition in column.info.get("checks", {}).items()}


def own_checks(table: sa.Table) -> set[str]:
    return {f"ck_{table.name}_{column.name}_{kind}" for column in table.columns for kind in checks(column)}


def all_checks(table: sa.Table) -> set[str]:
    return {str(constraint.name) for constraint in table.constraints if isinstance(constraint, sa.CheckConstraint)}


def models(base: type[SQLModel] = Table) -> Iterator[type[SQLModel]]:
    for model in base.__subclasses__():
        yield model
        yield from models(model)


def closed_set(column: sa.Column[Any]) -> type[StrEnum] | None:
    """The enum by which the table's class types the column. Tests have tables of their own, in other metadata."""
    table = (column.table.name, column.table.metadata)
    (model,) = (model for model in models() if (model.__tablename__, model.metadata) == table)
    annotation = model.model_fields[column.name].annotation
    kinds = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type)]
    return next((kind for kind in kinds if issubclass(kind, StrEnum)), None)


def bounds(column: sa.Column[Any]) -> tuple[int, int]:
    least, most = column.info["limits"]
    return int(least), int(most)


def right(column: sa.Column[Any]) -> object:
    """A value that the column takes, whatever other tables hold."""
    if kind := closed_set(column):
        return next(iter(kind)).value
    if prefix := column.info.get("prefix"):
        return f"{prefix}_{'0' * SUFFIX_LENGTH}"
    if isinstance(column.type, Text):
        return "x"
    return SAMPLES[type(column.type)] if type(column.type) in SAMPLES else bounds(column)[0]


def wrong(column: sa.Column[Any], kind: str) -> list[object]:
    """Values just outside what this CHECK of the column allows."""
    if kind == "range":
        least, most = bounds(column)
        return [least - 1, most + 1] if "BETWEEN" in checks(column)[kind] else [least - 1]
    if kind == "length":
        return ["", "x" * (int(checks(column)[kind].split()[-1]) + 1)]
    if kind == "known":
        return ["", str(right(column)).swapcase(), f"{right(column)} "]
    assert kind == "shape", f"{kind} is new: say here what breaks it"
    return ["", f"{right(column)}0", f"x{right(column)}"[:-1], str(right(column))[:-1]]


def wrong_rows(table: sa.Table) -> Iterator[tuple[str, dict[str, object]]]:
    row = {column.name: None if column.nullable else right(column) for column in table.columns if not column.computed}
    row |= RIGHT_TOGETHER.get(table.name, {})
    for column in table.columns:
        for kind in checks(column):
            for value in wrong(column, kind):
                yield f"ck_{table.name}_{column.name}_{kind}", row | {column.name: value}
    for name in all_checks(table) - own_checks(table):
        yield name, row | WRONG_TOGETHER[name]


async def refusal(database: Database, table: sa.Table, row: dict[str, object]) -> str:
    """What the database says to the row; CHECKs come before foreign keys."""
    try:
        async with database.writing() as connection:
            await connection.execute(table.insert().values(row))
    except IntegrityError as error:
        return str(error.orig)
    return "nothing"


async def test_database_refuses_every_wrong_value(database: Database) -> None:
    accepted = [
        f"{name} {row}"
        for table in METADATA.sorted_tables
        for name, row in wrong_rows(table)
        if not ({name} | BROKEN_TOO.get(name, set())) & set(re.findall(r"ck_\w+", await refusal(database, table, row)))
    ]
    assert accepted == []


async def test_right_values_break_no_check(database: Database) -> None:
    for table in METADATA.sorted_tables:
        row = {column.name: right(column) for column in table.columns if not column.computed}
        row |= RIGHT_TOGETHER.get(table.name, {})
        said = await refusal(database, table, row)
        assert said == "nothing" or "foreign key" in said.lower(), f"{table.name}: {said}"


def test_every_text_has_a_length() -> None:
    def is_limited(column: sa.Column[Any]) -> bool:
        return bool(column.foreign_keys) or not checks(column).keys().isdisjoint(("length", "shape", "known"))

    texts = [column for column in COLUMNS if isinstance(column.type, sa.String | Text)]
    assert [str(column) for column in texts if not is_limited(column)] == []
    assert [str(column) for column in texts if not isinstance(column.type, Text)] == []


def test_every_id_has_a_prefix_of_its_own_that_is_read_back() -> None:
    prefixes = {column.table.name: column.info["prefix"] for column in COLUMNS if column.info.get("prefix")}
    identities = [column.info["prefix"] for column in COLUMNS if "shape" in checks(column)]

    assert sorted(set(identities)) == sorted(identities)
    assert {name: prefix_of(new_id(prefix)) for name, prefix in prefixes.items()} == prefixes


def test_every_number_has_a_range() -> None:
    numbers = [column for column in COLUMNS if isinstance(column.type, sa.Numeric | sa.Integer) and not column.computed]
    assert [str(column) for column in numbers if "range" not in checks(column)] == []


def test_every_enum_has_a_check_of_its_values() -> None:
    for column in COLUMNS:
        kind, condition = closed_set(column), checks(column).get("known")
        values = kind and ", ".join(f"'{member.value}'" for member in kind)
        assert condition == (values and f"{column.name} IN ({values})"), str(column)


def test_every_check_is_in_its_table() -> None:
    for table in METADATA.sorted_tables:
        assert own_checks(table) <= all_checks(table)


def test_every_constraint_is_named_by_the_convention() -> None:
    for table in METADATA.sorted_tables:
        for constraint in table.constraints:
            assert str(constraint.name).startswith(f"{PREFIXES[type(constraint)]}_{table.name}")
        for index in table.indexes:
            assert str(index.name).startswith(f"ix_{table.name}_")


def test_no_name_is_cut_off() -> None:
    named: list[Any] = [*METADATA.sorted_tables, *COLUMNS]
    named += [part for table in METADATA.sorted_tables for part in (*table.constraints, *table.indexes)]
    assert [str(part.name) for part in named if len(str(part.name).encode()) > LONGEST_NAME] == []
