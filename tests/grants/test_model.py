"""The model that random steps are compared with knows the way from a draft to the close-out."""

from functools import partial

import pytest

from fund_api.core.database import Database
from fund_api.core.writing import Transaction
from fund_api.grants import applications
from fund_api.grants.deciding_tables import Duty
from tests.grants.acting import ASKED, Office
from tests.grants.bureau import Bureau
from tests.grants.model import Case
from tests.grants.steps import TAKE, Step, next_step, note

MOST = 30
"""Steps from a draft to the close-out."""


async def take(step: Step, tx: Transaction) -> None:
    await TAKE[step.action](tx, step)


@pytest.mark.parametrize("program", [0, 1], ids=["of two approvals", "with a match"])
async def test_each_next_step_of_the_model_is_taken_by_the_rules(database: Database, program: int) -> None:
    bureau = Bureau(Office(database))
    await bureau.open()
    model, amount = bureau.model, 400_000
    [campaign, _], budget = model.members, list(model.budgets)[program]

    async def draft(tx: Transaction) -> str:
        return await applications.draft(tx, campaign, budget, ASKED | {"requested": amount}, [("Everything", amount)])

    case = Case(await bureau.attempt("cora", draft), campaign, budget, amount, insiders={"cora"})
    case.duties["cora"] = Duty.APPLICANT
    model.cases[case.id] = case
    for _ in range(MOST):
        step = next_step(model, case, 0, flag=True)
        if step is None:
            break
        assert await bureau.attempt(step.who, partial(take, step)) is None, step
        note(model, step)
        await bureau.learn(case)
        assert await bureau.stored() == model.rows()

    assert case.status == "COMPLETED"
    assert (case.awarded, case.paid, case.encumbered) == (amount, amount, 0)
