"""Rights: no level, count, filter, order or lookup of any entity goes round them."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type

import schema
from fund_api.campaigns import visibility
from fund_api.core.access import PUBLIC, Viewer
from fund_api.core.database import Database, Dialect
from fund_api.graph.catalogue import Catalogue, Entity
from fund_api.graph.collect import Selector
from fund_api.graph.compile import Compiler, Plan, QueryStep
from fund_api.graph.declarations import Column, Restriction, ToMany, ToOne, Viewing
from fund_api.graph.engine import Engine
from fund_api.graph.run import reader
from tests.asking import Asker

STAFF = Viewer("person_staff", frozenset({"fund:campaign:read"}))
REFERENCE = re.compile(r'(?:FROM|JOIN) (\(?)"?(\w+)"? AS (\w+)')


def with_rules(rules: Callable[[Entity], Entity]) -> Catalogue:
    """The schema's catalogue, with other rules."""
    catalogue = schema.make_catalogue()
    for name, entity in catalogue.entities.items():
        catalogue.entities[name] = catalogue.prefixes[entity.prefix] = rules(entity)
    return catalogue


# Every path of the schema has its predicate


def marked(entity: Entity) -> Entity:
    """An entity whose rows are all invisible, by a predicate that can be found in a statement.

    Lists of which the declaration says that they are seen with their parent are looked at like all others here: which
    these are is a test of its own.
    """
    fields = {
        name: replace(declared, sure=False) if isinstance(declared, ToMany) else declared
        for name, declared in entity.fields.items()
    }
    nobody: sa.ColumnElement[str] = sa.literal_column(f"'nobody sees {entity.name}'")
    return replace(entity, fields=fields, visible=lambda columns, _: columns.id == nobody)


def test_lists_that_are_seen_with_their_parent_follow_its_rule_alone() -> None:
    catalogue = schema.make_catalogue()
    sure = {
        f"{entity.name}.{name}": (declared.key, catalogue.target(entity.type.fields[name]).visible)
        for entity in catalogue.entities.values()
        for name, declared in entity.fields.items()
        if isinstance(declared, ToMany) and declared.sure
    }

    assert catalogue.entities["Campaign"].visible is visibility.campaign
    assert sure == dict.fromkeys(
        ("Campaign.measures", "Campaign.grants", "Campaign.milestones", "Campaign.supportEngagements"),
        ("campaign_id", visibility.part),
    )


MARKED = with_rules(marked)
LEAF = {
    entity.name: next(n for n, f in entity.fields.items() if isinstance(f, Column))
    for entity in MARKED.entities.values()
}


def selections(entity: Entity) -> dict[str, str]:
    """A selection for every way out of an entity, and for every condition and order that looks at another one."""
    found = {}
    for name, declared in entity.fields.items():
        target = MARKED.target(entity.type.fields[name]) if isinstance(declared, ToOne | ToMany) else None
        if isinstance(declared, ToOne) and target:
            found[name] = f"{name} {{ {LEAF[target.name]} id }}"
        elif isinstance(declared, ToMany) and target:
            page = f"totalCount nodes {{ {LEAF[target.name]} }} pageInfo {{ hasPreviousPage }}"
            found[name] = f"{name} {{ {page} }}"
            found[f"{name}-count"] = f"{name} {{ totalCount }}"
    return found


def arguments(entity: Entity) -> dict[str, str]:
    """Every filter and order of a list that looks at another entity."""
    found = {"plain": "(first: 5)"} | ({"search": '(filter: {search: "x"})'} if entity.search else {})
    for name, declared in entity.fields.items():
        if isinstance(declared, ToOne):
            target = MARKED.target(entity.type.fields[name])
            found[f"filter-{name}"] = f"(filter: {{{name}: {{{LEAF[target.name]}: {{isNull: false}}}}}})"
            if declared.order:
                column = next(f.column for f in target.fields.values() if isinstance(f, Column) and f.order)
                found[f"order-{name}"] = f"(orderBy: {{field: {f'{name}_{column}'.upper()}}})"
        elif isinstance(declared, ToMany):
            for quantifier in ("some", "every", "none"):
                found[f"{quantifier}-{name}"] = f"(filter: {{{name}: {{{quantifier}: {{}}}}}})"
    return found


def paths() -> dict[str, str]:
    """A document for every root field, and below it for every field of its entity."""
    query = MARKED.query
    found = {}
    for root, field in query.fields.items():
        if root not in MARKED.roots:
            continue
        kind = get_named_type(field.type)
        if root == "search":
            rows = " ".join(f"... on {e.name} {{ {LEAF[e.name]} }}" for e in MARKED.entities.values() if e.search)
            found[root] = (
                f'{{ search(query: "x") {{ totalCount edges {{ highlights {{ field }} node {{ {rows} }} }} }} }}'
            )
            continue
        if root in ("node", "nodes"):
            for entity in MARKED.entities.values():
                given = (
                    f'id: "{entity.prefix}_{"0" * 26}"' if root == "node" else f'ids: ["{entity.prefix}_{"0" * 26}"]'
                )
                found[f"{root}-{entity.name}"] = (
                    f"{{ {root}({given}) {{ ... on {entity.name} {{ {LEAF[entity.name]} }} }} }}"
                )
            continue
        assert isinstance(kind, GraphQLObjectType)
        if kind.name in MARKED.stats:
            found |= stats_paths(root)
            continue
        entity = MARKED.target(field)
        if kind.name == entity.name:
            given = 'by: {id: "x"}' if "by" in field.args else f'{next(iter(field.args))}: "x"'
            for name, selection in selections(entity).items():
                found[f"{root}-{name}"] = f"{{ {root}({given}) {{ {selection} }} }}"
            continue
        for name, given in arguments(entity).items():
            found[f"{root}-{name}"] = f"{{ {root}{given} {{ totalCount nodes {{ {LEAF[entity.name]} }} }} }}"
        for name, selection in selections(entity).items():
            found[f"{root}-{name}"] = f"{{ {root} {{ nodes {{ {selection} }} }} }}"
    return found


def stats_paths(root: str) -> dict[str, str]:
    """A document for every key that groups can have, every filter, and what they count."""
    field = MARKED.query.fields[root]
    entity = MARKED.stats[get_named_type(field.type).name].entity
    keys = get_named_type(field.args["groupBy"].type)
    assert isinstance(keys, GraphQLEnumType)
    found = {}
    for name, given in arguments(entity).items():
        if name.startswith(("filter", "some", "every", "none")):
            inside = given.removeprefix("(").removesuffix(")")
            found[f"{root}-{name}"] = f"{{ {root}{given} {{ totalCount groups {{ countWhere({inside}) }} }} }}"
    for key in keys.values:
        found[f"{root}-by-{key}"] = f"{{ {root}(groupBy: [{key}]) {{ groups {{ count }} }} }}"
    return found


def plan_of(dialect: Dialect, document: str) -> Plan:
    engine = Engine(MARKED, reader(Database.at("sqlite:///never-opened.db"), 1), 10, 10**9)
    operation = engine.prepare(document, None, {})
    selector = Selector(MARKED.schema, operation.document.fragments, operation.variables)
    groups = selector.fields(MARKED.query, [operation.node.selection_set])
    return Compiler(MARKED, dialect).plan(selector, groups, frozenset())


def statements(plan: Plan) -> list[str]:
    def below(step: QueryStep) -> list[str]:
        return [step.query.text, *(text for child in step.children for text in below(child))]

    return [plan.query.text] if plan.query else [text for step in plan.steps for text in below(step)]


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("path", paths())
def test_every_row_of_every_entity_on_every_path_passes_its_rule(path: str, dialect: Dialect) -> None:
    tables = {entity.table.name: entity.name for entity in MARKED.entities.values()}
    for text in statements(plan_of(dialect, paths()[path])):
        for _, table, alias in REFERENCE.findall(text):
            if table in tables and not is_cut_before(text, alias):
                assert f"{alias}.id = 'nobody sees {tables[table]}'" in text, (path, alias, text)


def is_cut_before(text: str, alias: str) -> bool:
    """On SQLite a level's outer row is taken by the places that its page, which has the rule, found."""
    return f"{alias}.rowid IN (SELECT" in text


def test_the_paths_are_all_there() -> None:
    found = paths()

    assert len(found) > 100
    for path in (
        "campaigns-filter-community",
        "node-Grant",
        "community-campaigns-count",
        "grants-order-campaign",
        "grantStats-filter-campaign",
    ):
        assert path in found


# What rules do


def ruled(entity: Entity) -> Entity:
    """Adoption campaigns are for staff, with what belongs to them; websites too; populations only in Ohio."""

    def campaign(columns: Any, viewing: Viewing) -> sa.ColumnElement[bool] | None:
        return None if viewing.may("fund:campaign:read") else columns.kind != "ADOPTION"

    def measure(columns: Any, viewing: Viewing) -> sa.ColumnElement[bool] | None:
        return None if viewing.may("fund:campaign:read") else columns.kind != "ADOPTION"

    def in_ohio(columns: Any, viewing: Viewing) -> sa.ColumnElement[bool] | None:
        return sa.or_(columns.state_code == "OH", viewing.id == "person_staff")

    if entity.name == "Campaign":
        return replace(entity, visible=campaign)
    if entity.name == "BallotMeasure":
        return replace(entity, visible=measure)
    if entity.name == "Community":
        website, population = Restriction(permission="fund:campaign:read"), Restriction(readable=in_ohio)
        return replace(entity, restrictions={"website": website, "population": population})
    return entity


RULED = with_rules(ruled)


@pytest.fixture(scope="module")
async def both(loaded: Database) -> AsyncIterator[tuple[Asker, Asker]]:
    """The public and staff, on one engine and so with one cache of plans."""
    reads = reader(loaded, 2)
    engine = Engine(RULED, reads, 100, 10**6)
    yield Asker(engine, PUBLIC), Asker(engine, STAFF)
    await reads.close()


HILLIARD, COLUMBIA = "3935476", "4516000"


async def test_invisible_rows_are_neither_listed_nor_counted_nor_found(both: tuple[Asker, Asker]) -> None:
    public, staff = both
    [campaign] = (await staff(f'{{ community(by: {{geoid: "{HILLIARD}"}}) {{ campaigns {{ nodes {{ id }} }} }} }}'))[
        "community"
    ]["campaigns"]["nodes"]
    document = f"""query ($id: ID!) {{
      campaigns(first: 1) {{ totalCount }} ballotMeasures {{ totalCount }}
      community(by: {{geoid: "{HILLIARD}"}}) {{ campaigns {{ totalCount nodes {{ id }} }} }}
      node(id: $id) {{ id }} nodes(ids: [$id]) {{ id }} campaign(id: $id) {{ id }} }}"""

    seen, hidden = await staff(document, **campaign), await public(document, **campaign)

    assert (seen["campaigns"]["totalCount"], hidden["campaigns"]["totalCount"]) == (52, 23)
    assert (seen["ballotMeasures"]["totalCount"], hidden["ballotMeasures"]["totalCount"]) == (54, 24)
    assert seen["community"]["campaigns"] == {"totalCount": 1, "nodes": [campaign]}
    assert hidden["community"]["campaigns"] == {"totalCount": 0, "nodes": []}
    assert (seen["node"], seen["nodes"], seen["campaign"]) == (campaign, [campaign], campaign)
    assert (hidden["node"], hidden["nodes"], hidden["campaign"]) == (None, [None], None)


@pytest.mark.parametrize(
    ("condition", "everybody", "staff_only"),
    [
        ("{campaigns: {some: {}}}", 21, 46),
        ("{campaigns: {some: {measures: {some: {passed: {eq: true}}}}}}", 7, 25),
        ("{website: {isNull: false}}", 0, 17_522),
        ('{website: {contains: "x"}}', None, None),
        ("{population: {gte: 0}}", 1_014, 28_434),
        ("{not: {population: {gte: 0}}}", 38_220, 10_800),
    ],
)
async def test_what_is_hidden_cannot_be_filtered_by(
    both: tuple[Asker, Asker], condition: str, everybody: int | None, staff_only: int | None
) -> None:
    document = f"{{ communities(filter: {condition}) {{ totalCount }} }}"
    if everybody is None:
        assert "unknown field 'contains'" in await both[0].refusal(document)
        return

    found = [(await ask(document))["communities"]["totalCount"] for ask in both]

    assert found == [everybody, staff_only]


async def test_hidden_values_are_null_and_order_as_unknown(both: tuple[Asker, Asker]) -> None:
    public, staff = both
    document = """{ communities(first: 2, orderBy: {field: POPULATION, direction: DESC}) {
      nodes { name population website } pageInfo { endCursor hasNextPage } } }"""

    seen, hidden = (await staff(document))["communities"], (await public(document))["communities"]

    assert [node["name"] for node in seen["nodes"]] == ["Los Angeles County", "New York city"]
    assert [(node["name"], node["website"]) for node in hidden["nodes"]] == [
        ("Franklin County", None),
        ("Cuyahoga County", None),
    ]
    cursor = hidden["pageInfo"]["endCursor"]
    after = """query ($after: String) { communities(first: 2, after: $after,
      orderBy: {field: POPULATION, direction: DESC}) { nodes { name population } } }"""
    assert [node["name"] for node in (await public(after, after=cursor))["communities"]["nodes"]] == [
        "Columbus city",
        "Hamilton County",
    ]


async def test_orders_through_a_relation_see_what_the_viewer_sees(both: tuple[Asker, Asker]) -> None:
    document = """{ campaigns(first: 2, filter: {kind: {eq: RETENTION}},
      orderBy: {field: COMMUNITY_POPULATION, direction: DESC}) { nodes { community { name population } } } }"""

    seen = (await both[1](document))["campaigns"]["nodes"]
    hidden = (await both[0](document))["campaigns"]["nodes"]

    assert [node["community"]["population"] for node in seen] == [525_041, 525_041]
    assert {node["community"]["population"] for node in hidden} == {None}
