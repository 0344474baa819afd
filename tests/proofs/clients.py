"""Clients that write without end, each request under a key of its own, sent again until it is answered."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import httpx

from tests.proofs.server import PATIENCE, Server

FIELDS = {
    "addMilestone": "milestone { id note }",
    "logSupport": "supportEngagement { id description }",
    "updateCampaign": "campaign { id summary version }",
}
KINDS = {"addMilestone": "AddMilestoneInput", "logSupport": "LogSupportInput", "updateCampaign": "UpdateCampaignInput"}
STATE = "query($id: ID!) { campaign(id: $id) { summary version } }"


@dataclass(frozen=True)
class Request:
    """One mutation under its key."""

    name: str
    key: str
    given: dict[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        """What is posted."""
        document = (
            f"mutation($input: {KINDS[self.name]}!) {{ {self.name}(input: $input) {{ {FIELDS[self.name]}"
            " errors { __typename message } } }"
        )
        return {"query": document, "variables": {"input": self.given | {"idempotencyKey": self.key}}}


@dataclass
class Ledger:
    """What the clients asked for and what they were answered, by key."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    conflicts: set[str] = field(default_factory=set)
    """Keys of updates that were refused because another came first."""
    waiting: set[str] = field(default_factory=set)
    """Keys of requests that are sent and not answered."""
    lost: set[str] = field(default_factory=set)
    """Keys of requests whose answer was lost once or more often."""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def enter(self, request: Request, answer: dict[str, Any]) -> bool:
        """Take up an answer: whether the request was done, or has to be thought over because another came first."""
        errors = [error["__typename"] for error in answer["errors"]]
        assert errors in ([], ["VersionConflict"]), (request, answer)
        self.waiting.discard(request.key)
        if errors:
            self.conflicts.add(request.key)
        else:
            self.answers[request.key], self.requests[request.key] = answer, request
        async with self.changed:
            self.changed.notify_all()
        return not errors

    async def grown(self, by: int) -> None:
        """Wait until so many more requests are done."""
        wanted = len(self.answers) + by
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(lambda: len(self.answers) >= wanted), PATIENCE)

    def done(self, name: str) -> dict[str, str]:
        """The ids that the mutation `name` answered, by the keys of its requests."""
        named = FIELDS[name].split()[0]
        return {key: answer[named]["id"] for key, answer in self.answers.items() if key.startswith(f"{name}-")}


class Client:
    """Somebody who writes by one mutation after another."""

    def __init__(self, number: int, server: Server, token: str, campaign: str, ledger: Ledger, seed: int) -> None:
        self._number, self._server, self._campaign, self._ledger = number, server, campaign, ledger
        self._headers = {"authorization": f"Bearer {token}"}
        self._random = Random(f"{seed}-{number}")
        self._numbers: Iterator[int] = count(1)

    async def work(self, over: asyncio.Event) -> None:
        """Write until it is over; what was begun is brought to its end."""
        async with httpx.AsyncClient(timeout=PATIENCE) as http:
            while not over.is_set():
                match self._random.choice(("addMilestone", "logSupport", "updateCampaign")):
                    case "addMilestone" as name:
                        key = self._key(name)
                        given = {"campaign": self._campaign, "kind": "EFFECTIVE", "note": key}
                        await self.ask(http, Request(name, key, given))
                    case "logSupport" as name:
                        key = self._key(name)
                        given = {"campaign": self._campaign, "kind": "ADVICE", "givenOn": "2026-01-02"}
                        worth = {"inKindValue": {"amount": "12.50"}, "lobbying": False, "description": key}
                        await self.ask(http, Request(name, key, given | worth))
                    case name:
                        await self._count(http, name)

    async def ask(self, http: httpx.AsyncClient, request: Request) -> bool:
        """Send a request, again and again with its key, until it is answered; whether it was done."""
        self._ledger.waiting.add(request.key)
        answer = await self._sent(http, request.body, request.key)
        return await self._ledger.enter(request, answer[request.name])

    async def _count(self, http: httpx.AsyncClient, name: str) -> None:
        """Add one to the counter in the campaign's summary: read it, write it, and read it again after a conflict."""
        done = False
        while not done:
            body = {"query": STATE, "variables": {"id": self._campaign}}
            state = (await self._sent(http, body, None))["campaign"]
            given = {"id": self._campaign, "summary": str(int(state["summary"]) + 1)}
            given |= {"expectedVersion": state["version"]}
            done = await self.ask(http, Request(name, self._key(name), given))

    async def _sent(self, http: httpx.AsyncClient, body: dict[str, Any], key: str | None) -> dict[str, Any]:
        """The data of an answer, however often the server dies over it. The key is the request's id in the log, too."""
        headers = self._headers | ({"x-request-id": key} if key else {})
        while True:
            await self._server.up()
            try:
                answer = await http.post(self._server.address, json=body, headers=headers)
            except httpx.TimeoutException:
                raise AssertionError(f"{key or 'a query'} was not answered within {PATIENCE} seconds") from None
            except httpx.TransportError:
                if key:
                    self._ledger.lost.add(key)
                continue
            assert answer.status_code == 200, (key, answer.status_code, answer.text)
            told = answer.json()
            assert "errors" not in told, (key, told)
            data: dict[str, Any] = told["data"]
            return data

    def _key(self, name: str) -> str:
        return f"{name}-{self._number}-{next(self._numbers)}"
