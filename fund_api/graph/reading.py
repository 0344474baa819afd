"""Reading for one request: entities by their ids, objects that are no rows, and what resolvers may know."""

import asyncio
from collections.abc import Awaitable, Hashable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo, get_named_type, print_ast
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path, is_awaitable

from fund_api.core.access import Viewer
from fund_api.graph import cost
from fund_api.graph.catalogue import Catalogue, Entity, object_type
from fund_api.graph.collect import sub_selections
from fund_api.graph.compile import LONGEST_LIST, Compiler, Late, Plan
from fund_api.graph.cost import Admit
from fund_api.graph.errors import RequestError
from fund_api.graph.kept import Kept
from fund_api.graph.operations import Operation
from fund_api.graph.parts import Parts
from fund_api.graph.payloads import Payloads
from fund_api.graph.run import Inside, Reads
from fund_api.graph.selection import ENTITIES
from fund_api.graph.steps import Asked


@dataclass(frozen=True, slots=True)
class Asking:
    """What a resolver of a query finds in `info.context`."""

    viewer: Viewer
    services: Mapping[str, Any]
    """What the application offers to resolvers, by name. Any: each its own."""
    reading: "Reading"
    """How the operation reads."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a resolver answers whose entities are to be read otherwise: as of another moment, or as another viewer."""

    value: object
    reads: Reads
    asked: Asked


def read_as(value: object, reads: Reads, asked: Asked) -> Any:
    """A resolver's answer, whose entities are read so. Any: to resolvers it is what it holds."""
    return Told(value, reads, asked)


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads for one operation and its viewer, with the plans that its engine keeps."""

    catalogue: Catalogue
    reads: Reads
    plans: Kept[Hashable, Plan]
    cost_limit: int
    operation: Operation
    asked: Asked
    parts: Parts
    """Those that all of its plans may need which are not kept yet."""
    compiling: Executor
    """The thread that makes plans, while others are answered."""
    views: Kept[Hashable, Any]
    """How types are compared; see differences.py. Any: views, which read what this module makes."""
    spent: list[int] = field(default_factory=list)
    """What the operation costs so far: before anything ran, then what entities cost that were read by themselves."""
    admit: Admit | None = None
    """Is told what costs more than was known before."""

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self.asked.viewer

    def at(self, now: datetime) -> "Reading":
        """The same at another time."""
        return replace(self, asked=replace(self.asked, at=now))

    @property
    def variables(self) -> VariableValues:
        """The values of the operation's variables."""
        return self.operation.variables

    @property
    def fingerprint(self) -> str:
        """What the operation asks for, and as whom: its text, fragments and variables, and the viewer's permissions."""
        fragments = [print_ast(node) for node in self.operation.document.fragments.values()]
        given = repr(sorted(self.operation.given.items()))
        return "\n".join([print_ast(self.operation.node), *fragments, given, *sorted(self.viewer.permissions)])

    async def check(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> int:
        """What a payload costs, before anything is done. Raises RequestError for one that costs too much."""
        if nodes[0].name.value not in kind.fields:  # __typename
            return 0
        return await self.price(object_type(kind.fields[nodes[0].name.value]), nodes)

    async def price(self, payload: GraphQLObjectType, nodes: list[FieldNode]) -> int:
        """How many rows what is selected of one payload may touch. Raises RequestError when one entity of it costs too
        much.
        """
        rows = 0
        for group in self.operation.selector.fields(payload, sub_selections(nodes)).values():
            field = payload.fields.get(group[0].name.value)
            entity = self.catalogue.entities.get(get_named_type(field.type).name) if field else None
            if entity is not None:
                plan = await self.plan(entity, group)
                rows += plan.cost(self._late(plan, {**self.variables.coerced, ENTITIES: [""]}))
        return rows

    async def shaped(self, field: GraphQLField, nodes: list[FieldNode], value: object, inside: Inside | None) -> Any:
        """A value as a field answers it, its entities read on the connection of a transaction or on one of the pool."""
        reads: Reads | Inside = inside or self.reads

        async def read(entity: Entity, ids: list[str], below: list[FieldNode]) -> dict[str, dict[str, Any]]:
            plan = await self.plan(entity, below)
            found: dict[str, dict[str, Any]] = {}
            for start in range(0, len(ids), LONGEST_LIST):
                variables: Mapping[str, Any] = {**self.variables.coerced, ENTITIES: ids[start : start + LONGEST_LIST]}
                late = self._late(plan, variables)
                self.spent.append(plan.cost(late))
                cost.check(sum(self.spent), self.cost_limit)
                found |= (await reads.read(plan, variables, late, self.asked))[ENTITIES]
            return found

        return await Payloads(self.catalogue, self.operation.selector, read).complete(field.type, nodes, value)

    async def resolved(self, parent: GraphQLObjectType, nodes: list[FieldNode], services: Mapping[str, Any]) -> Any:
        """What a root field that is no data answers: its resolver gets its context, and the field's arguments."""
        field = parent.fields[nodes[0].name.value]
        if field.resolve is None:
            raise TypeError(f"{nodes[0].name.value} has no resolver")
        arguments = get_argument_values(field, nodes[0], self.variables)
        check_texts(arguments, nodes[0])
        value = field.resolve(None, self.info(parent, nodes, Asking(self.viewer, services, self)), **arguments)
        value = await value if isinstance(value, Awaitable) else value
        if isinstance(value, Told):
            return await replace(self, reads=value.reads, asked=value.asked).shaped(field, nodes, value.value, None)
        return await self.shaped(field, nodes, value, None)

    def _late(self, plan: Plan, variables: Mapping[str, Any]) -> Late:
        """The values of the request that the plan asks for, when it does not cost too much."""
        late = plan.late(variables)
        cost.check(plan.cost(late), self.cost_limit)
        return late

    async def plan(self, entity: Entity, nodes: list[FieldNode]) -> Plan:
        """The plan for what nodes select of entities of one kind."""
        operation = self.operation
        places = tuple(map(id, nodes))
        key = (operation.document.number, places, entity.name, operation.shape, self.viewer.permissions)
        compiler = Compiler(self.catalogue, self.reads.dialect, self.parts)
        if (found := self.plans.find(key)) is not None:
            return found
        before = self.parts.number
        make = partial(compiler.entities_plan, operation.selector, entity, nodes, self.viewer.permissions)
        made = await asyncio.get_running_loop().run_in_executor(self.compiling, make)
        return self.plans.keep(key, made, self.parts.number - before)

    def info(self, parent: GraphQLObjectType, nodes: list[FieldNode], context: object) -> GraphQLResolveInfo[Any]:
        """What a resolver may know, as graphql-core would tell it."""
        name = nodes[0].name.value
        return GraphQLResolveInfo(
            field_name=name,
            field_nodes=nodes,
            return_type=parent.fields[name].type,
            parent_type=parent,
            path=Path(None, name, parent.name),
            schema=self.catalogue.schema,
            fragments=self.operation.document.fragments,
            root_value=None,
            operation=self.operation.node,
            variable_values=self.operation.variables,
            context=context,
            is_awaitable=is_awaitable,
            abort_signal=None,
            async_helpers=None,  # type: ignore[arg-type]  # for executors that gather; resolvers here await
        )


def check_texts(given: object, node: FieldNode) -> None:
    """Refuse what no database takes as text, before anybody looks for it. Raises RequestError."""
    if isinstance(given, str) and "\x00" in given:
        raise RequestError("A text can't hold the character U+0000.", nodes=node)
    for part in given.values() if isinstance(given, dict) else given if isinstance(given, list) else ():
        check_texts(part, node)
