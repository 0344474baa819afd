"""Questions on a ballot and their results."""

from fund_api.campaigns import lifecycle
from fund_api.campaigns.members import may, may_in
from fund_api.campaigns.rules import Values, folded, only
from fund_api.campaigns.tables import BallotMeasure, ResultStatus
from fund_api.core.errors import InvalidTransition, InvalidValue
from fund_api.core.facts import DatePrecision
from fund_api.core.words import search_text
from fund_api.core.writing import Row, Transaction

ASKED = frozenset({"question", "kind", "election_on", "yes_means", "fund_position", "form_before", "note"})
"""What may be said of a question before its vote."""
FIGURES = frozenset({"votes_for", "votes_against", "percent_for", "percent_against", "passed"})
"""What a result says; each is as somebody states it, none is concluded from another."""
RESULT = FIGURES | {"form_after", "as_of", "confidence"}


async def add_ballot_measure(tx: Transaction, campaign_id: str, values: Values) -> str:
    """Add a question to a campaign and return its id; `values`: see ASKED. Its result is recorded later."""
    await may(tx, lifecycle.UPDATE, campaign_id)
    row = only(values, ASKED)
    precision = None if row.get("election_on") is None else DatePrecision.DAY
    row |= {"campaign_id": campaign_id, "result_status": ResultStatus.NONE, "date_inferred": False}
    row |= {"election_on_precision": precision} | asked(row["question"], row.get("note"))
    return await tx.add(BallotMeasure, "added", row, campaign_id=campaign_id)


async def record_result(
    tx: Transaction, measure_id: str, status: ResultStatus, values: Values, *, expected_version: int
) -> None:
    """Record what the voters did, and how official that is; `values`: see RESULT.

    Whether the change passed is what somebody states, and unknown until then: a majority does not always suffice.
    Raises InvalidTransition for a status that is less official than the present one, InvalidValue for a result that
    says nothing.
    """
    measure = await may_in(tx, lifecycle.UPDATE, BallotMeasure, measure_id)
    row = only(values, RESULT) | {"result_status": status}
    now, allowed = measure["result_status"], lifecycle.RESULTS[ResultStatus(measure["result_status"])]
    if status not in allowed:
        named = ", ".join(sorted(allowed))
        raise InvalidTransition(f"A {now} result can't become {status}. Allowed is: {named}.", now, sorted(allowed))
    _check_figures(status, {name: (measure | row)[name] for name in FIGURES})
    campaign_id = measure["campaign_id"]
    await tx.change(
        BallotMeasure, "result_recorded", measure_id, row, expected_version=expected_version, campaign_id=campaign_id
    )


def _check_figures(status: ResultStatus, figures: Row) -> None:
    known = any(value is not None for value in figures.values())
    if status is ResultStatus.NONE and known:
        raise InvalidValue("A measure with the result status NONE has no figures; say how official they are.", "status")
    if status is not ResultStatus.NONE and not known:
        raise InvalidValue(f"A {status} result needs votes, percentages, or whether the change passed.", "passed")


def asked(question: str, note: str | None) -> Row:
    """The folded question and the words of both. Raises InvalidValue for no question."""
    return {"question_folded": folded(question, "question"), "search_text": search_text(question, note)}
