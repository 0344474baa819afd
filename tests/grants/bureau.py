"""A fund of many people with many roles, for random steps: what is stored of it, beside what a model says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from fund_api.campaigns import fiscal_years, members
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database, Dialect
from fund_api.core.errors import Failure
from fund_api.core.writing import Transaction, writing
from fund_api.grants import audit, programs
from fund_api.people.roles import Role
from fund_api.people.rules import write_role
from fund_api.people.tables import FUND
from tests.granting import Fund
from tests.grants.acting import PROGRAM, Office
from tests.grants.model import Budget, Case, Model, Part
from tests.rows import table
from tests.structure import tables

Work = Callable[[Transaction], Awaitable[Any]]  # Any: whatever a rule returns
ROLES = {
    "olive": {Role.GRANTS_OFFICER},
    "oscar": {Role.GRANTS_OFFICER, Role.APPROVER},
    "rita": {Role.REVIEWER},
    "ruth": {Role.REVIEWER, Role.APPROVER},
    "anna": {Role.APPROVER},
    "abel": {Role.APPROVER, Role.FINANCE},
    "fay": {Role.FINANCE},
    "finn": {Role.FINANCE, Role.GRANTS_OFFICER, Role.REVIEWER},
    "cora": set[Role](),
    "cleo": {Role.APPROVER, Role.GRANTS_OFFICER},
    "ada": {Role.ADMINISTRATOR},
}
DUTIES = (Role.GRANTS_OFFICER, Role.REVIEWER, Role.APPROVER, Role.FINANCE)
CAP, THRESHOLD, MATCH = 400_000, 300_000, 1_000


@dataclass
class Bureau:
    """An office of many people, two campaigns, and two programs with little money; and the model of it."""

    office: Office
    model: Model = field(default_factory=lambda: Model({}, {}, {name: set() for name in ROLES}, CAP))

    async def open(self) -> None:
        """Let everybody come in, with the roles that they have at first."""
        fund = Fund()
        community = fund.community("Saratoga Springs")
        campaigns = [fund.campaign(community, title=title) for title in ("Keep it", "Adopt it")]
        self.office.people = {name: fund.person(name, f"{name}@example.org") for name in ROLES}
        await fund.save(self.office.database)
        self.model.members = {campaign: set() for campaign in campaigns}
        async with writing(self.office.database, SYSTEM, self.office.now) as tx:
            for name, role in ((name, role) for name, held in ROLES.items() for role in sorted(held)):
                await write_role(tx, self.office.people[name], role, FUND)
                self.model.roles[name].add((role, FUND))
            for campaign, name in zip(campaigns, ("cora", "cleo"), strict=True):
                await members.add_campaign_member(tx, campaign, self.office.people[name])
                self.model.join(name, campaign)
            await self._open_programs(tx)

    async def _open_programs(self, tx: Transaction) -> None:
        year = await fiscal_years.open_fiscal_year(tx, 2027, CAP, 10)
        common = PROGRAM | {"fiscal_year_id": year, "grant_minimum": 1}
        plain = common | {"appropriation": 900_000, "approval_threshold": THRESHOLD}
        self.model.budgets[await programs.open_program(tx, plain)] = Budget(900_000, THRESHOLD, 0)
        matched = common | {"name": "Matched", "appropriation": 500_000, "approval_threshold": None}
        matched |= {"matching_policy": "VERIFIED", "match_hundredths": MATCH, "reviews_needed": 0}
        self.model.budgets[await programs.open_program(tx, matched)] = Budget(500_000, None, MATCH)

    async def attempt(self, who: str, work: Work) -> Any:  # Any: whatever a rule returns
        """What comes of somebody's work; of what is refused the failure, after a look whether anything changed."""
        self.office.now += timedelta(seconds=1)
        before = await self._digest()
        try:
            async with self.office.acting(who) as tx:
                return await work(tx)
        except Failure as failure:
            assert await self._digest() == before
            return failure

    async def system(self, work: Work) -> None:
        """Work of whoever has the machine."""
        self.office.now += timedelta(seconds=1)
        async with writing(self.office.database, SYSTEM, self.office.now) as tx:
            await work(tx)

    async def stored(self) -> dict[str, tuple[object, ...]]:
        """What the model says, as it is stored; and the audit has nothing to say of it."""
        found: dict[str, tuple[object, ...]] = {}
        async with self.office.database.snapshot() as connection:
            assert await audit.audit(connection) == []
            for query in _STORED:
                found |= {row[0]: tuple(row[1:]) for row in await connection.execute(query)}
        return found

    async def learn(self, case: Case) -> None:
        """Take up the parts of a grant that are new."""
        async with self.office.database.reading() as connection:
            for name, (kind, state, *more) in _NEW.items():
                rows = table(name).c
                own = await connection.execute(sa.select(rows.id, kind, state, *more).where(rows.grant_id == case.id))
                for key, of_kind, stands, *rest in own:
                    if key not in case.parts:
                        case.parts[key] = Part(key, of_kind or name, stands, *rest)

    async def _digest(self) -> tuple[Any, ...]:
        """How many rows every table has, and where the log stands, of which every change is a part."""
        async with self.office.database.reading() as connection:
            return tuple((await connection.execute(_EVERYTHING)).one())


def with_plans(database: Database) -> Database:
    """The same, with the statements that were compiled for the others of its kind."""
    return replace(database, engine=database.engine.execution_options(compiled_cache=_PLANS[database.dialect]))


_PLANS: dict[Dialect, dict[Any, Any]] = {dialect: {} for dialect in Dialect}  # Any: SQLAlchemy's own
_COUNTED = [each for each in tables().sorted_tables if each.name != "event_head"]
_EVERYTHING = sa.select(
    *(sa.select(sa.func.count()).select_from(each).scalar_subquery() for each in _COUNTED),
    sa.select(table("event_head").c.hash).scalar_subquery(),
)


def _said(column: sa.Column[Any], yes: str, no: str) -> sa.ColumnElement[str]:
    return sa.case((column.is_not(None), yes), else_=no)


_PROGRAM, _GRANT, _TRANCHE, _REPORT = (
    table(name).c for name in ("funding_program", "grant", "disbursement", "grant_report")
)
_CONDITION, _MATCH = table("grant_condition").c, table("match_commitment").c
_ZERO: sa.ColumnElement[int] = sa.literal_column("0")
_STATES = {
    "disbursement": _TRANCHE.status,
    "grant_report": _REPORT.status,
    "grant_condition": _said(_CONDITION.met_at, "MET", "UNMET"),
    "match_commitment": _said(_MATCH.verified_at, "VERIFIED", "PLEDGED"),
}
_STORED: list[sa.Select[Any]] = [
    sa.select(
        *(_PROGRAM[name] for name in ("id", "appropriation", "encumbered", "expended", "available", "version")),
        _PROGRAM.closed_at.is_not(None),
    ),
    sa.select(
        *(_GRANT[name] for name in ("id", "status", "version", "awarded", "scheduled", "disbursed", "returned")),
        *(_GRANT.released, _GRANT.encumbered),
    ),
    sa.select(sa.literal("lobbying"), table("fiscal_year").c.lobbying),
    *(
        sa.select(
            table(name).c.id, state, _TRANCHE.returned if name == "disbursement" else _ZERO, table(name).c.version
        )
        for name, state in _STATES.items()
    ),
]
_NEW: dict[str, tuple[Any, ...]] = {  # Any: columns
    "disbursement": (sa.null(), _STATES["disbursement"], _TRANCHE.amount, _TRANCHE.returned, _TRANCHE.lobbying),
    "grant_report": (_REPORT.kind, _STATES["grant_report"]),
    "grant_condition": (sa.null(), _STATES["grant_condition"]),
    "match_commitment": (sa.null(), _STATES["match_commitment"], _MATCH.amount),
}
"""Of each part of a grant: its kind, if its table has several, where it stands, and the rest of it."""
