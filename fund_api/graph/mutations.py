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
import structlog
from graphql import (
    FieldNode,
    GraphQLError,
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
from fund_api.graph.errors import Code, RequestError, RequestErrors, formatted
from fund_api.graph.reading import Reading, check_texts
from fund_api.graph.run import Inside
from fund_api.graph.user_errors import Payload, told

MOST_FIELDS = 10
"""Mutations in one document."""
LONGEST_ANSWER = 1_000_000
"""Characters of an answer that is kept for retries."""
_log = structlog.get_logger()
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
class Asked:
    """A field of a mutation, looked at before any of them is run."""

    key: str
    nodes: list[FieldNode]
    field: GraphQLField | None
    arguments: Given
    cost: int


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
        """The response: what the fields answer, by their keys; `admit` is told what they cost before any is run.

        Raises what goes wrong while nothing was done. Once something was, the response has to say so: what goes wrong
        later is an error at the place of its field.
        """
        asked = await self._asked(kind, groups)
        rows = sum(one.cost for one in asked)
        cost.check(rows, self.reading.cost_limit)
        if admit is not None:
            admit(cost.MUTATION * len(asked) + rows)
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        for one in asked:
            try:
                data[one.key] = await self._field(kind, one)
            except Exception as error:
                if not data:
                    raise
                data[one.key] = None
                errors.append(_at(one, error))
        told = [formatted(error, Code.BAD_USER_INPUT) for error in errors]
        return {"data": data, "errors": told} if told else {"data": data}

    async def _asked(self, kind: GraphQLObjectType, groups: dict[str, list[FieldNode]]) -> list["Asked"]:
        """The fields with their arguments, and what they cost. Raises GraphQLError before anything is done."""
        if len(groups) > MOST_FIELDS:
            raise RequestError(f"One document takes at most {MOST_FIELDS} mutations, not {len(groups)}.")
        asked = []
        for key, nodes in groups.items():
            field = kind.fields.get(nodes[0].name.value)  # none: __typename
            arguments = get_argument_values(field, nodes[0], self.reading.variables) if field else {}
            for name, given in arguments.items():
                _check_ids(given, kind.fields[nodes[0].name.value].args[name].type, nodes[0])
            asked.append(Asked(key, nodes, field, arguments, await self.reading.check(kind, nodes)))
        return asked

    async def _field(self, kind: GraphQLObjectType, one: "Asked") -> Any:
        field, nodes = one.field, one.nodes
        if field is None:
            return kind.name
        try:
            _check_texts(one.arguments.get("input"))
            return await self._done(one.key, field, nodes, one.arguments)
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


def _at(asked: Asked, error: Exception) -> GraphQLError:
    """What went wrong with a field after others were done; a fault of ours is logged whole and masked."""
    path: list[str | int] = [asked.key]
    if isinstance(error, GraphQLError):
        return GraphQLError(error.message, asked.nodes, path=path, extensions=error.extensions)
    if isinstance(error, RequestErrors):
        extensions = {"code": error.code.value, **(error.errors[0].extensions or {})}
        return GraphQLError(error.errors[0].message, asked.nodes, path=path, extensions=extensions)
    _log.error("a mutation failed by a fault of the server after others were done", exc_info=error)
    masked = "Something went wrong here; it was logged. What stands before it was done."
    return GraphQLError(masked, asked.nodes, path=path, extensions={"code": Code.INTERNAL.value})


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
