"""Mutations: each runs its rule in a transaction of its own, and reads its payload on that transaction's connection.

What the rule raises for its user to mend becomes the payload's `errors`, and nothing was done. Fields of one document
run one after the other, as the specification says; a fault of ours in one of them leaves the ones before it done.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLID,
    GraphQLInputType,
    GraphQLObjectType,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
)
from graphql.execution.values import get_argument_values

from fund_api.core import clock, idempotency
from fund_api.core.access import Sender
from fund_api.core.database import Database
from fund_api.core.errors import Failure, InvalidValue
from fund_api.core.idempotency import Kept
from fund_api.core.writing import Transaction, writing
from fund_api.graph import cost
from fund_api.graph.catalogue import STRAWBERRY, object_type
from fund_api.graph.cost import Admit
from fund_api.graph.errors import RequestError
from fund_api.graph.reading import Reading, check_texts
from fund_api.graph.run import Inside
from fund_api.graph.user_errors import Payload, told

MOST_FIELDS = 10
"""Mutations in one document."""
LONGEST_ANSWER = 1_000_000
"""Characters of an answer that is kept for retries."""
_CAPITAL = re.compile("[A-Z]")


Given = dict[str, Any]  # Any: coerced arguments, as graphql-core gives them


@dataclass(frozen=True, slots=True)
class Acting:
    """What a resolver of a mutation finds in `info.context`."""

    tx: Transaction
    sender: Sender
    services: Mapping[str, Any]
    """What the application offers to rules that need more than the database, by name."""


@dataclass(frozen=True, slots=True)
class Mutations:
    """Runs the mutations of one operation."""

    database: Database
    services: Mapping[str, Any]
    reading: Reading
    sender: Sender

    async def run(
        self, kind: GraphQLObjectType, groups: dict[str, list[FieldNode]], admit: Admit | None = None
    ) -> dict[str, Any]:
        """What the fields of an operation answer, by their keys; `admit` is told what they cost before that."""
        if len(groups) > MOST_FIELDS:
            raise RequestError(f"One document takes at most {MOST_FIELDS} mutations, not {len(groups)}.")
        rows = sum(cost.MUTATION + self.reading.check(kind, nodes) for nodes in groups.values())
        if admit is not None:
            admit(rows)
        return {key: await self._field(kind, key, nodes) for key, nodes in groups.items()}

    async def _field(self, kind: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Any:
        name = nodes[0].name.value
        if name == "__typename":
            return kind.name
        field = kind.fields[name]
        arguments = get_argument_values(field, nodes[0], self.reading.variables)
        for name, given in arguments.items():
            _check_ids(given, field.args[name].type, nodes[0])
        try:
            _check_texts(arguments.get("input"))
            return await self._done(key, field, nodes, arguments)
        except Failure as failure:
            definition = object_type(field).extensions[STRAWBERRY].origin
            return await self.reading.shaped(field, nodes, definition(errors=[told(failure)]), None)

    async def _done(self, key: str, field: GraphQLField, nodes: list[FieldNode], arguments: Given) -> Any:
        """Run the rule, or find what it answered before under the same key."""
        async with writing(self.database, self.reading.viewer, clock.now(), self.sender.request_id) as tx:
            inside, reading = Inside(tx.connection), self.reading.at(tx.now)
            request = self._request(key, nodes, arguments)
            kept = await idempotency.claim(tx, request) if request else None
            if kept is None:
                payload = await self._resolved(field, nodes, tx, arguments)
            elif kept.answer is not None:
                return orjson.loads(kept.answer)
            else:
                payload = _rebuilt(object_type(field).extensions[STRAWBERRY].origin, kept)
            answer = await reading.shaped(field, nodes, payload, inside)
            if request and kept is None:
                await idempotency.keep(tx, request.key, _result(payload), _kept_answer(payload, answer))
            return answer

    async def _resolved(self, field: GraphQLField, nodes: list[FieldNode], tx: Transaction, given: Given) -> Any:
        """What the field's resolver makes of its arguments."""
        kind = self.reading.catalogue.schema.mutation_type
        if field.resolve is None or kind is None:
            raise TypeError(f"{nodes[0].name.value} has no resolver")
        info = self.reading.info(kind, nodes, Acting(tx, self.sender, self.services))
        return await field.resolve(None, info, **given)

    def _request(self, key: str, nodes: list[FieldNode], arguments: Given) -> idempotency.Request | None:
        """The request under its idempotency key, when it has one."""
        given = dict(arguments.get("input") or {})
        own = given.pop("idempotencyKey", None)
        if own is None:
            return None
        does = orjson.dumps(given, default=str, option=orjson.OPT_SORT_KEYS).decode()
        does = idempotency.digest(nodes[0].name.value, does)
        return idempotency.Request(own, does, idempotency.digest(key, self.reading.fingerprint))


def _check_ids(given: object, kind: GraphQLInputType, node: FieldNode) -> None:
    """Refuse ids that no database takes as text, as reads do. Raises RequestError."""
    own = get_nullable_type(kind)
    if is_list_type(own) and isinstance(given, list):
        for each in given:
            _check_ids(each, own.of_type, node)
    elif is_input_object_type(own) and isinstance(given, dict):
        for name, value in given.items():
            _check_ids(value, own.fields[name].type, node)
    elif own is GraphQLID:
        check_texts(given, node)


def _check_texts(given: object, *path: str) -> None:
    """Refuse other texts that no database takes, by which a rule may look for something. Raises InvalidValue."""
    if isinstance(given, dict | list):
        for name, each in given.items() if isinstance(given, dict) else enumerate(given):
            _check_texts(each, *path, str(name))
    elif isinstance(given, str) and "\x00" in given and path[-1] != "idempotencyKey":  # of which `claim` speaks
        [*_, label] = (name for name in path if not name.isdigit())
        label = _CAPITAL.sub(lambda found: f" {found[0].lower()}", label)
        raise InvalidValue(f"{label}: a text can't hold the character U+0000.", *path)


def _kept_answer(payload: Payload, answer: Any) -> str | None:  # Any: what JSON holds
    """The answer as it is kept; one that tells a secret, or is too long, is read again for a retry."""
    text = orjson.dumps(answer, option=orjson.OPT_UTC_Z).decode()
    return None if payload.withheld or len(text) > LONGEST_ANSWER else text


def _result(payload: Payload) -> str:
    """What of a payload a later answer is made of: ids and plain values."""
    names = {field.name for field in dataclasses.fields(payload)} - {"errors"} - payload.withheld
    return orjson.dumps({name: getattr(payload, name) for name in names}).decode()


def _rebuilt(origin: Any, kept: Kept) -> Any:
    return origin(**orjson.loads(kept.result))
