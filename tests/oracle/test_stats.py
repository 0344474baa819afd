"""Stats are what plain Python works out of the same rows: random requests on generated worlds, on both databases.

FUND_ORACLE_DOCUMENTS and FUND_ORACLE_SEED hold here, too: one request for every three documents.
"""

import json
import random
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, coerce_input_value, get_named_type

from fund_api.graph.declarations import Stats
from fund_api.graph.stats import StatsRoot
from tests.asking import CATALOGUE
from tests.databases import Databases
from tests.oracle.conditions import Conditions, Refusal, Relations, Test
from tests.oracle.data import MOMENTS, World, make_world, seen
from tests.oracle.figures import Answer, Figures
from tests.oracle.test_oracle import DOCUMENTS, SEED, Oracle, oracle
from tests.oracle.values import Values

REQUESTS = max(10, DOCUMENTS // 3)
WORLDS = 10
ROOTS = [name for name, declared in CATALOGUE.roots.items() if isinstance(declared, Stats)]
ROOTS += ["grantStats", "contributionStats"] * 4  # those with rates
Tree = dict[str, Any]  # Any: None, or the tree below a field


@dataclass(frozen=True)
class Request:
    """A document, its variables, and what it has to be answered with."""

    text: str
    variables: dict[str, Any]
    expected: Answer


@dataclass(frozen=True)
class Maker:
    """Makes requests for one world."""

    rng: random.Random
    values: Values
    relations: Relations
    oracle: Oracle

    def request(self) -> Request:
        """A request for any stats."""
        name, rng = self.rng.choice(ROOTS), self.rng
        query = CATALOGUE.query
        root = CATALOGUE.stats[get_named_type(query.fields[name].type).name]
        by = rng.sample(list(root.keys), min(len(root.keys), rng.choice((0, 0, 1, 1, 2, 3))))
        kind = get_named_type(query.fields[name].args["filter"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        filters = [self._filter(root, kind, empty=rng.random() < 0.5)]
        filters += [self._filter(root, kind, empty=False) for _ in range(rng.choice((0, 1, 2)))]
        orders = [self._order(root, by) for _ in range(rng.choice((0, 1, 1, 2)))]
        first = rng.choice((1, 3, 1_000))
        tree = self._tree(root, by, len(filters) - 1)
        declared = ", ".join(f"$f{i}: {kind.name}!" for i in range(len(filters)))
        written = ", ".join(f"{{field: {value}, direction: {way}, nulls: {nulls}}}" for value, way, nulls in orders)
        given = f"filter: $f0, groupBy: [{', '.join(map(constant, by))}], orderBy: [{written}], first: {first}"
        text = f"query ({declared}) {{ {name}({given}) {{ totalCount groups {text_of(tree)} }} }}"
        wanted = [(root.orders[value], way == "DESC", nulls == "LAST") for value, way, nulls in orders]
        matches, *wheres = (test for _, test in filters)
        groups = Figures(self.relations, root).groups(matches, by, wheres, wanted)
        answer = {"totalCount": len(groups), "groups": [picked(group, tree) for group in groups[:first]]}
        return Request(text, {f"f{i}": value for i, (value, _) in enumerate(filters)}, {name: answer})

    def _filter(self, root: StatsRoot, kind: GraphQLInputObjectType, *, empty: bool) -> tuple[Any, Test]:
        """A filter that is no mistake, and the test that it is."""
        own = self.oracle.reference.schema.type_map[kind.name]
        assert isinstance(own, GraphQLInputObjectType)
        while True:
            value = {} if empty else self.values.value(kind) or {}
            try:
                return value, Conditions(self.relations).test(root.entity, coerce_input_value(value, own))
            except Refusal:
                continue

    def _order(self, root: StatsRoot, by: list[str]) -> tuple[str, str, str]:
        offered = [value for value, figure in root.orders.items() if figure.kind != "key" or figure.of in by]
        return self.rng.choice(offered), self.rng.choice(("ASC", "DESC")), self.rng.choice(("FIRST", "LAST"))

    def _tree(self, root: StatsRoot, by: list[str], wheres: int) -> Tree:
        """What is asked of a group: some of its figures, and all of its keys."""
        kind = get_named_type(root.type.fields["groups"].type)
        assert isinstance(kind, GraphQLObjectType)
        kept = [name for name in kind.fields if name not in ("key", "countWhere", "share")]
        tree: Tree = {"key": dict.fromkeys(by)} if by else {}
        for name in self.rng.sample(kept, self.rng.randint(1, len(kept))):
            below = get_named_type(kind.fields[name].type)
            tree[name] = self._some(below) if isinstance(below, GraphQLObjectType) else None
        for i in range(wheres):
            tree |= {f"w{i}: countWhere(filter: $f{i + 1})": None, f"s{i}: share(filter: $f{i + 1})": None}
        return tree

    def _some(self, kind: GraphQLObjectType) -> Tree:
        found: Tree = {}
        for name in self.rng.sample(list(kind.fields), self.rng.randint(1, len(kind.fields))):
            below = get_named_type(kind.fields[name].type)
            found[name] = self._some(below) if isinstance(below, GraphQLObjectType) else None
        return found


def crowd(rng: random.Random, world: World) -> World:
    """A world in which everybody sees the campaigns, and few of them have all the money and votes."""
    campaigns = world.rows["campaign"]
    for row in campaigns:
        row["published_at"] = row["published_at"] or MOMENTS[1]
    for name in ("grant", "contribution", "ballot_measure"):
        for row in world.rows[name]:
            row["campaign_id"] = rng.choice(campaigns[:3])["id"]
    return world


def constant(name: str) -> str:
    """A key as groupBy calls it."""
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name)


def text_of(tree: Tree) -> str:
    """A selection as a document has it."""
    return f"{{ {' '.join(f'{name} {text_of(below)}' if below else name for name, below in tree.items())} }}"


def picked(full: Answer | None, tree: Tree) -> Answer | None:
    """What a selection takes of everything."""
    if full is None:
        return None
    own = {name: name.partition(":")[0] for name in tree}
    return {own[name]: picked(full[own[name]], below) if below else full[own[name]] for name, below in tree.items()}


@pytest.mark.parametrize("number", range(WORLDS), ids=lambda number: f"seed-{SEED}-world-{number}")
async def test_any_stats_are_what_python_works_out(databases: Databases, number: int) -> None:
    world = crowd(random.Random(number), make_world(f"{SEED}/stats/{number}"))
    async with oracle(databases, world) as asked:
        for i in range(number, REQUESTS, WORLDS):
            rng = random.Random(f"{SEED}/stats/{number}/{i}")
            request = Maker(rng, Values(rng, world), Relations(CATALOGUE, seen(world)), asked).request()
            for dialect, ask in asked.engines.items():
                answer = await ask.respond(request.text, request.variables)
                assert answer == {"data": request.expected}, (
                    f"FUND_ORACLE_SEED={SEED}, world {number}, request {i}, {dialect}\n{request.text}\n"
                    f"{json.dumps(request.variables, ensure_ascii=False)}"
                )
