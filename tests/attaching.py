"""An applicant with a grant, and the server that they send its files to."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from fund_api.app import Application, create_app
from fund_api.core import clock
from fund_api.core.access import SYSTEM
from fund_api.core.database import Database
from fund_api.core.settings import Settings
from fund_api.core.writing import writing
from fund_api.people import tokens
from fund_api.people.roles import Role
from fund_api.people.tables import RoleAssignment
from tests.granting import Fund
from tests.real_files import pdf

PDF, LIMIT = pdf(), 50_000
DIGEST = hashlib.sha256(PDF).hexdigest()
UNKNOWN = "01h455vb4pex5vsknk084sn02q"


@dataclass
class Applying:
    """A grant that Ada applies for, in a campaign that is published, and the headers of some people."""

    database: Database
    folder: Path
    campaign: str
    grant: str
    ada: dict[str, str]
    officer: dict[str, str]
    reviewer: dict[str, str]
    stranger: dict[str, str]

    @property
    def address(self) -> str:
        return f"/grants/{self.grant}/attachments"

    def kept(self) -> list[str]:
        """The names of all files in the folder."""
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file())


async def applying(database: Database, folder: Path, **values: Any) -> Applying:
    fund = Fund()
    campaign = fund.campaign(fund.community("Saratoga Springs"), **values)
    grant = fund.grant(campaign, 500_00)
    people = [fund.person(name) for name in ("Ada", "Officer", "Reviewer", "Stranger")]
    fund.member(campaign, people[0])
    await fund.save(database)
    headers = []
    given = (
        (Role.COORDINATOR, campaign),
        (Role.GRANTS_OFFICER, "fund"),
        (Role.REVIEWER, "fund"),
        (Role.EDITOR, "fund"),
    )
    async with writing(database, SYSTEM, clock.now()) as tx:
        for person, (role, scope) in zip(people, given, strict=True):
            await tx.add(RoleAssignment, "granted", {"person_id": person, "role": role, "scope": scope})
            _, token = await tokens.create_token(tx, person, "x")
            headers.append({"authorization": f"Bearer {token}"})
    return Applying(database, folder, campaign, grant, *headers)


@asynccontextmanager
async def application(it: Applying) -> AsyncIterator[Application]:
    """The application on their database and folder, while it lives."""
    address = it.database.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=address, files=str(it.folder), file_limit=LIMIT))
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def asking(it: Applying) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application."""
    async with (
        application(it) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://fund.test") as client,
    ):
        yield client


def error(response: httpx.Response) -> tuple[int, str, str]:
    """The status, the code and the message of a refusal."""
    [told] = response.json()["errors"]
    assert told.keys() == {"message", "extensions"}
    return response.status_code, told["extensions"]["code"], told["message"]


async def sent(client: httpx.AsyncClient, it: Applying, content: bytes = PDF, name: str = "budget.pdf") -> str:
    """The id of a new attachment."""
    response = await client.post(it.address, params={"name": name}, content=content, headers=it.ada)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])
