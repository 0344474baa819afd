"""Random steps of many people on many grants, legal and illegal ones: the books are right after every one of them.

A refused step changes nothing, and whatever was done is what a model in plain Python says, too. FUND_RANDOM_RUNS says how
many runs on each database (3; `make proofs` makes 40), FUND_RANDOM_SEED from which seed; without one they are always the
same.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fund_api.campaigns import members
from fund_api.campaigns.rules import log_support
from fund_api.core.database import Dialect
from fund_api.core.errors import BudgetExceeded, Failure, InvalidTransition, NotAllowed, NotFound, VersionConflict
from fund_api.core.writing import Transaction
from fund_api.grants import applications, lifecycle, programs
from fund_api.grants.lifecycle import GrantAction
from fund_api.people.rules import revoke_role, write_role
from fund_api.people.tables import FUND
from tests.databases import Databases
from tests.grants.acting import ASKED, TODAY, Office
from tests.grants.bureau import CAP, DUTIES, ROLES, Bureau, Work, with_plans
from tests.grants.model import Case, Model
from tests.grants.steps import PARTS, TAKE, UNVERSIONED, Step, next_step, note

T = TypeVar("T")
RUNS, STEPS = int(os.environ.get("FUND_RANDOM_RUNS", "3")), 30
SEED = os.environ.get("FUND_RANDOM_SEED")
AMOUNTS = (100_000, 250_000, 400_000)
PEOPLE, NUMBERS = st.sampled_from(sorted(ROLES)), st.integers(0, 11)
RARELY = st.integers(0, 9).map(lambda number: number == 9)
WHAT = (
    *("advance",) * 4,
    *("act",) * 4,
    *("draft", "act_anyhow", "join_or_leave", "give_or_take_role", "adjust", "close_program", "lobby"),
)
"""What may happen, the more often the likelier."""


@dataclass(frozen=True)
class Chance:
    """What was drawn for a step: who acts on what, and how."""

    who: str
    number: int
    other: int
    amount: int
    flag: bool
    rare: bool


CHANCES = st.builds(Chance, PEOPLE, NUMBERS, NUMBERS, st.sampled_from(AMOUNTS), st.booleans(), RARELY)


class RandomSteps(RuleBasedStateMachine):
    """A bureau in which anything may happen next."""

    def __init__(self, portal: BlockingPortal, databases: Databases, dialect: Dialect, done: "Counter[str]") -> None:
        super().__init__()
        self.portal, self.done, self.stack = portal, done, ExitStack()
        database = self.stack.enter_context(portal.wrap_async_context_manager(databases.migrated(dialect)))
        self.bureau = Bureau(Office(with_plans(database)))
        self.model = self.bureau.model
        portal.call(self.bureau.open)
        for number in range(3):
            self.draft(Chance(("cora", "cleo", "olive")[number], number, number, AMOUNTS[number], False, False))

    def teardown(self) -> None:
        self.stack.close()

    @rule(what=st.sampled_from(WHAT), chance=CHANCES)
    def happen(self, what: str, chance: Chance) -> None:
        """One rule for all, since of several Hypothesis leaves out some in each run."""
        getattr(self, what)(chance)

    def draft(self, chance: Chance) -> None:
        place, budget = nth(self.model.members, chance.number), nth(self.model.budgets, chance.other)
        case = Case("", place, budget, chance.amount, insiders=set(self.model.members[place]))
        duty = self.model.duty(chance.who, GrantAction.UPDATE, case)

        async def draft(tx: Transaction) -> str:
            asked = ASKED | {"requested": chance.amount}
            return await applications.draft(tx, place, budget, asked, [("Everything", chance.amount)])

        made = self.attempt(chance.who, draft)
        if isinstance(made, Failure):
            assert duty is None and isinstance(made, NotAllowed | NotFound), made
        else:
            assert duty is not None
            case.id, case.duties = made, {chance.who: duty}
            self.model.cases[made] = case

    def advance(self, chance: Chance) -> None:
        """Go on with a grant, some steps, each by somebody who may take it, as far as money and caps allow."""
        case = nth(self.model.cases.values(), chance.number)
        for times in range(1 + chance.other // 2):
            if times:  # after the last step the invariant looks
                self.books_are_right()
            step = next_step(self.model, case, chance.amount, chance.rare)
            if step is None:
                return
            failure = self.take(step)
            assert not isinstance(failure, NotAllowed | NotFound | VersionConflict), (step, failure)

    def act(self, chance: Chance) -> None:
        """Take one of the actions that the grant's status allows, by anybody or by somebody who may."""
        case = nth(self.model.cases.values(), chance.number)
        if allowed := lifecycle.allowed(case.status):
            action = nth(allowed, chance.other)
            who = self.model.somebody_for(action, case, chance.number) if chance.flag else None
            self.take_on_part(
                Step(action, case, who or chance.who, chance.amount, chance.flag, stale=chance.rare), chance
            )

    def act_anyhow(self, chance: Chance) -> None:
        """Take any action at all, by anybody."""
        case = nth(self.model.cases.values(), chance.number)
        action = nth(sorted(TAKE), 12 * chance.other + chance.number + chance.amount // 50_000)
        self.take_on_part(Step(action, case, chance.who, chance.amount), chance)

    def join_or_leave(self, chance: Chance) -> None:
        place, who = nth(self.model.members, chance.number), chance.who
        leaves = who in self.model.members[place]
        change = members.remove_campaign_member if leaves else members.add_campaign_member
        self.system(lambda tx: change(tx, place, self.bureau.office.people[who]))
        if leaves:
            self.model.members[place].remove(who)
        else:
            self.model.join(who, place)

    def give_or_take_role(self, chance: Chance) -> None:
        """A role for the whole fund, or in a campaign or program alone."""
        scopes = [FUND, *self.model.members, *self.model.budgets]
        place, role, who = nth(scopes, chance.number), nth(DUTIES, chance.other), chance.who
        has = (role, place) in self.model.roles[who]
        change = revoke_role if has else write_role
        self.system(lambda tx: change(tx, self.bureau.office.people[who], role, place))
        (self.model.roles[who].remove if has else self.model.roles[who].add)((role, place))

    def adjust(self, chance: Chance) -> None:
        """Give a program more money, or take some away."""
        key, who = nth(self.model.budgets, chance.number), "ada" if chance.flag else chance.who
        budget, stale = self.model.budgets[key], chance.rare
        wanted, version = max(0, budget.appropriation + (chance.other - 7) * 60_000), budget.version - stale
        failure = self.attempt(who, lambda tx: programs.adjust_appropriation(tx, key, wanted, expected_version=version))
        refusals = {
            NotAllowed: who != "ada",
            VersionConflict: stale,
            InvalidTransition: budget.closed,
            BudgetExceeded: wanted < budget.encumbered + budget.expended,
        }
        refusal = next((kind for kind, is_so in refusals.items() if is_so), None)
        assert (type(failure) if isinstance(failure, Failure) else None) is refusal, failure
        if isinstance(failure, BudgetExceeded):
            assert failure.available == budget.available
        if refusal is None:
            budget.version += wanted != budget.appropriation
            budget.appropriation = wanted

    def close_program(self, chance: Chance) -> None:
        key, who = nth(self.model.budgets, chance.number), "ada" if chance.rare else "olive"
        budget = self.model.budgets[key]
        closing = partial(programs.close_program, program_id=key, expected_version=budget.version)
        assert isinstance(self.attempt(who, closing), Failure) == (budget.closed or not chance.rare)
        if chance.rare and not budget.closed:
            budget.closed, budget.version = True, budget.version + 1

    def lobby(self, chance: Chance) -> None:
        """Help in kind counts against the same cap."""
        place, amount = nth(self.model.members, chance.number), chance.amount // 5
        values = {"kind": "ADVERTISING", "given_on": TODAY, "in_kind_value": amount, "lobbying": True}
        failure = self.attempt("ada", lambda tx: log_support(tx, place, values))
        assert isinstance(failure, BudgetExceeded) == (self.model.lobbying + amount > CAP)
        if isinstance(failure, BudgetExceeded):
            assert failure.available == CAP - self.model.lobbying
        else:
            self.model.lobbying += amount

    # How it is done, and what has to be so

    def take_on_part(self, step: Step, chance: Chance) -> None:
        kinds = PARTS.get(step.action, ())
        parts = [part for kind in kinds for part in step.case.of(kind)]
        if parts or not kinds:
            self.take(replace(step, part=nth(parts, chance.number) if parts else None))

    def take(self, step: Step) -> Failure | None:
        """Take a step, by the rules and then in the model, unless it is refused as the model says; what it was refused by."""
        case, wanted = step.case, expected(self.model, step)
        left = self.model.budgets[case.program].available
        failure = self.attempt(step.who, lambda tx: TAKE[step.action](tx, step))
        self.done[f"{step.action}{' refused' if isinstance(failure, Failure) else ''}"] += 1
        if not isinstance(failure, Failure):
            assert wanted is None, (step, wanted)
            note(self.model, step)
            self.portal.call(self.bureau.learn, case)
            return None
        assert wanted is None or isinstance(failure, wanted), (step, wanted, failure)
        if isinstance(failure, BudgetExceeded):
            assert failure.available in (left, CAP - self.model.lobbying)
        return failure

    def attempt(self, who: str, work: Work) -> Any:  # Any: whatever a rule returns
        return self.portal.call(self.bureau.attempt, who, work)

    def system(self, work: Work) -> None:
        self.portal.call(self.bureau.system, work)

    @invariant()
    def books_are_right(self) -> None:
        assert self.portal.call(self.bureau.stored) == self.model.rows()


def expected(model: Model, step: Step) -> type[Failure] | tuple[type[Failure], ...] | None:
    """What a step has to be refused by, as far as it follows from rights, statuses, versions and money."""
    case, budget = step.case, model.budgets[step.case.program]
    if model.duty(step.who, step.action, case) is None:
        return NotAllowed, NotFound
    on_grant = step.stale and step.action not in UNVERSIONED and step.part is None
    if on_grant:
        return VersionConflict
    if lifecycle.find(step.action, case.status) is None:
        return InvalidTransition
    if step.stale and step.part is not None:
        return VersionConflict
    if step.action is GrantAction.APPROVE and (budget.closed or step.who in case.approvals):
        return InvalidTransition, NotAllowed
    if step.action is GrantAction.APPROVE and step.amount > case.requested:
        return Failure
    return None


def nth(found: Iterable[T], number: int) -> T:
    """One of them, whatever the number is."""
    known = list(found)
    return known[number % len(known)]


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.mark.parametrize("dialect", list(Dialect), ids=str)
def test_after_any_step_the_books_are_right(portal: BlockingPortal, databases: Databases, dialect: Dialect) -> None:
    done: Counter[str] = Counter()
    checks = list(HealthCheck)
    limits = settings(max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=checks)
    if SEED:
        limits = settings(limits, derandomize=False, database=None)

    def machine() -> RandomSteps:
        return RandomSteps(portal, databases, dialect, done)

    seeded = seed(int(SEED))(machine) if SEED else machine
    run_state_machine_as_test(seeded, settings=limits)  # type: ignore[arg-type]  # a function will do, says its page
    print(dialect, SEED, sorted(done.items()))  # noqa: T201  # what a proof says of itself
    refused = sum(number for action, number in done.items() if action.endswith("refused"))
    assert min(refused, done.total() - refused) > RUNS
