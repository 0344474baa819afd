"""What holds between the columns of a row: random rows are mended until they satisfy every CHECK."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fund_api.core.text import fold
from fund_api.grants.tables import AWARDED

LONG_AGO, FAR_AHEAD = datetime(1999, 12, 31, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
Row = dict[str, Any]  # Any: a column's value as Python has it; enums as their text


def mend(table: str, row: Row) -> None:
    """Make a row of a table right."""
    for repair in (*_GENERAL, *_OF_TABLE.get(table, ())):
        repair(row)


def _fold(row: Row) -> None:
    for name in [name for name in row if name.endswith("_folded")]:
        own = name.removesuffix("_folded")
        if row[own] is not None and not fold(row[own]):
            row[own] = f"{row[own]}x"
        row[name] = None if row[own] is None else fold(row[own])


def _pair_precision(row: Row) -> None:
    for name in [name for name in row if name.endswith("_precision")]:
        if (row[name] is None) != (row[name.removesuffix("_precision")] is None):
            row[name] = row[name.removesuffix("_precision")] = None


def _order_days(row: Row) -> None:
    for first, last in (("effective_from", "effective_to"), ("opens_on", "closes_on"), ("starts_on", "ends_on")):
        if row.get(first) and row.get(last):
            row[first], row[last] = sorted((row[first], row[last]))


def _count_margin(row: Row) -> None:
    if None not in (row["votes_for"], row["votes_against"]):
        row["margin"] = abs(row["votes_for"] - row["votes_against"])


def _leave_open(row: Row) -> None:
    """A request for support is open."""
    row |= {"state": "RECEIVED", "decided_at": None, "campaign_id": None, "reason": None}


def _all_or_none(*names: str) -> Callable[[Row], None]:
    def repair(row: Row) -> None:
        if any(row[name] is None for name in names):
            row |= dict.fromkeys(names)

    return repair


def _tell_once(row: Row) -> None:
    """An event has the values of a field or their digest."""
    if row["digest"] is not None:
        row["digest"] = None


def _cap_lobbying(row: Row) -> None:
    """A fiscal year has two days at least, and no more lobbying than its cap."""
    if row["starts_on"] == row["ends_on"]:
        early = row["ends_on"] < date.max
        row["ends_on" if early else "starts_on"] += timedelta(days=1 if early else -1)
    row["lobbying"] = min(row["lobbying"], row["lobbying_cap"])
    row["lobbying_left"] = row["lobbying_cap"] - row["lobbying"]


def _balance(row: Row) -> None:
    """A program promises and pays no more than it has."""
    row["expended"] = min(row["expended"], row["appropriation"])
    row["encumbered"] = min(row["encumbered"], row["appropriation"] - row["expended"])
    row["available"] = row["appropriation"] - row["encumbered"] - row["expended"]
    row["grant_minimum"], row["grant_maximum"] = sorted((row["grant_minimum"], row["grant_maximum"]))
    asks = row["matching_policy"] != "NONE"
    row["match_hundredths"] = (row["match_hundredths"] or 1) if asks else None


def _award(row: Row) -> None:
    """A grant is paid what was awarded at most, and at its end everything that was awarded is settled."""
    awarded = min(row["awarded"] or 1, row["requested"]) if row["status"] in AWARDED else None
    row["awarded"], left = awarded, awarded or 0
    for name in ("disbursed", "returned", "released"):
        row[name] = min(row[name], left)
        left -= row[name]
    if row["status"] in {"COMPLETED", "CANCELLED"}:
        row["released"], left = row["released"] + left, 0
    paid = row["disbursed"] + row["returned"]
    row["scheduled"] = min(max(row["scheduled"], paid), awarded or 0)
    row["encumbered"] = left


def _pay(row: Row) -> None:
    """A tranche was paid by somebody if it was paid at all, and came back afterwards."""
    names = ("approved_by", "paid_by", "paid_on")
    if row["status"] not in {"SCHEDULED", "FAILED"} and any(row[name] is None for name in names):
        row["status"] = "SCHEDULED"
    paid = row["status"] in {"PAID", "RETURNED"}
    if not paid:
        row |= {"paid_by": None, "paid_on": None}
    row["returned"] = min(row["returned"], row["amount"] - 1) if paid else 0
    if row["status"] == "RETURNED":
        row["returned"] = row["amount"]
    if row["status"] == "FAILED":
        row["reason"] = row["reason"] or "because"


def _report(row: Row) -> None:
    """Only what was submitted says something."""
    if row["text"] is None and row["status"] not in {"DUE", "WAIVED"}:
        row["status"] = "DUE"


def _enter(row: Row) -> None:
    """An entry is about money of the program, of a grant or of a tranche, and only the first may be below zero."""
    if row["grant_id"] is None:
        row["kind"] = "APPROPRIATION"
    elif row["disbursement_id"] is None and row["kind"] in {"EXPENDITURE", "RETURN"}:
        row["kind"] = "RELEASE"
    if row["kind"] == "APPROPRIATION":
        row["grant_id"] = None
    if row["kind"] not in {"EXPENDITURE", "RETURN"}:
        row["disbursement_id"] = None
    row["amount"] = row["amount"] or 1
    if row["kind"] != "APPROPRIATION":
        row["amount"] = abs(row["amount"])


def _schedule(row: Row) -> None:
    """A revision is a draft, or what readers saw, see or are to see. Each of these three begins at one time for all
    revisions of a resource, so that no two are seen at once.
    """
    if row["live_from"] is None:
        row["live_until"] = None
        return
    tick, year = timedelta(microseconds=sum(map(ord, row["id"])) % 3), row["live_from"].year
    if year < 900:
        row |= {"live_from": datetime(1, 1, 2, tzinfo=UTC) + tick, "live_until": LONG_AGO}
    elif year < 2500:
        row |= {"live_from": LONG_AGO + tick, "live_until": row["live_until"] and FAR_AHEAD}
    else:
        row |= {"live_from": FAR_AHEAD + tick, "live_until": None}


def _count_exactness(row: Row) -> None:
    row["specificity"] = sum(row[name] is not None for name in ("campaign_kind", "state_code", "form"))


def _open_window(row: Row) -> None:
    """What is popular is so in a number of days."""
    row["window_days"] = (row["window_days"] or 1) if row["rule"] == "POPULAR" else None


def _have_file(row: Row) -> None:
    if row["url"] is None:
        row |= {"media_type": None, "size_bytes": None}


def _stock(row: Row) -> None:
    row["reserved"] = min(row["reserved"], row["in_stock"])
    row["available"] = row["in_stock"] - row["reserved"]


def _ship(row: Row) -> None:
    """An order was shipped at some time, or not yet."""
    if row["shipped_at"] is None and row["state"] in {"PARTLY_SHIPPED", "SHIPPED"}:
        row["state"] = "PLACED"
    if row["state"] == "PLACED":
        row["shipped_at"] = None


def _split(row: Row) -> None:
    """What was ordered is on its way or not, and no more than that."""
    left = row["quantity"]
    for name in ("reserved", "shipped", "cancelled"):
        row[name] = min(row[name], left)
        left -= row[name]
    row["backordered"] = left


def _hold(row: Row) -> None:
    """A request says where it goes on while it is on hold, and why it stands where it does not go on."""
    _sort(row, "salary_minimum", "salary_maximum")
    if row["held_stage"] in {"ON_HOLD", "CLOSED", "DECLINED"}:
        row["held_stage"] = "RECRUITING"
    held = row["stage"] == "ON_HOLD"
    row["held_stage"] = (row["held_stage"] or "RECEIVED") if held else None
    if row["stage"] in {"ON_HOLD", "CLOSED", "DECLINED"}:
        row["reason"] = row["reason"] or "because"


def _take_on(row: Row) -> None:
    """An advisor has no more open assignments than they take."""
    row["open_assignments"] = min(row["open_assignments"], row["capacity"])
    _sort(row, "available_from", "available_until")


def _apply(row: Row) -> None:
    """Who applies does so on a request."""
    if row["kind"] == "APPLICANT" and row["hiring_request_id"] is None:
        row["kind"] = "OTHER"


def _assign(row: Row) -> None:
    """An assignment that is no longer open ended at some time, and who was taken off was so for a reason."""
    if row["state"] == "OPEN":
        row["ended_at"] = None
    elif row["ended_at"] is None:
        row["state"] = "OPEN"
    if row["state"] == "WITHDRAWN":
        row["reason"] = row["reason"] or "because"


def _meet(row: Row) -> None:
    """A session has hours in a time zone or lasts whole days, and no more people than seats."""
    if row["starts_at"] == row["ends_at"]:
        row["ends_at"] = None
    _all_or_none("starts_at", "ends_at", "time_zone")(row)
    _sort(row, "starts_at", "ends_at")
    if row["place"] is None:
        row["mode"] = "ONLINE"
    if row["registration_closes_on"]:
        row["registration_closes_on"] = min(row["registration_closes_on"], row["ends_on"])
    row |= {"seats_left": None, "has_seats": True}
    if row["capacity"] is not None:
        row["registered"] = min(row["registered"], row["capacity"])
        row["seats_left"] = row["capacity"] - row["registered"]
        row["has_seats"] = row["seats_left"] > 0


def _gather(row: Row) -> None:
    """Fellows apply before they work, and there are no more of them than seats."""
    _sort(row, "applications_open_on", "applications_close_on", "starts_on", "ends_on")
    row["taken"] = min(row["taken"], row["seats"])
    if row["stage"] == "CANCELLED":
        row["reason"] = row["reason"] or "because"


def _end_early(row: Row) -> None:
    if row["state"] in {"ENDED_EARLY", "WITHDRAWN"}:
        row["reason"] = row["reason"] or "because"


def _sort(row: Row, *names: str) -> None:
    """What is there of these is in their order."""
    there = [name for name in names if row[name] is not None]
    row |= dict(zip(there, sorted(row[name] for name in there), strict=True))


_GENERAL = (_fold, _pair_precision, _order_days)
_OF_TABLE: dict[str, tuple[Callable[[Row], None], ...]] = {
    "advisor_conflict": (_apply,),
    "assignment": (_assign,),
    "audience_tag": (_count_exactness,),
    "ballot_measure": (_count_margin,),
    "disbursement": (_pay,),
    "event_change": (_tell_once,),
    "fellow_placement": (_end_early,),
    "fellowship_cohort": (_gather,),
    "fiscal_year": (_cap_lobbying,),
    "follow_up": (_all_or_none("note", "done_on"),),
    "format": (_have_file,),
    "funding_program": (_balance,),
    "grant": (_award,),
    "grant_condition": (_all_or_none("met_at", "met_by"),),
    "grant_report": (_all_or_none("text", "submitted_at"), _report),
    "hiring_request": (_hold,),
    "hub_section": (_open_window,),
    "invitation": (_all_or_none("accepted_at", "person_id"),),
    "ledger_entry": (_enter,),
    "manager_placement": (lambda row: _sort(row, "appointed_on", "starts_on"),),
    "match_commitment": (_all_or_none("verified_at", "verified_by"),),
    "print_item": (_stock,),
    "print_order": (_ship,),
    "print_order_line": (_split,),
    "procedure_rule": (_all_or_none("threshold_hundredths", "threshold_base"),),
    "program_session": (_all_or_none("cancelled_at", "reason"), _meet),
    "revision": (_all_or_none("url", "link_kind"), _all_or_none("language", "language_basis"), _schedule),
    "senior_advisor": (_take_on,),
    "support_request": (_leave_open,),
}
"""What holds in the rows of one table alone."""
