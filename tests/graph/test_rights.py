"""Rights: every path of the schema has its predicate, and no level, count, filter, order or lookup goes round it."""

import re
from dataclasses import replace
from itertools import count

import pytest
import sqlalchemy as sa
from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type

import schema
from fund_api.campaigns import visibility
from fund_api.careers import visibility as careers
from fund_api.core.database import Database, Dialect
from fund_api.graph.catalogue import Entity
from fund_api.graph.collect import Selector
from fund_api.graph.compile import Compiler, Plan, QueryStep
from fund_api.graph.declarations import Column, Link, Listing, ToMany, ToOne
from fund_api.graph.engine import Engine
from fund_api.graph.parts import Parts
from fund_api.graph.run import reader
from fund_api.hiring import visibility as hiring
from fund_api.printing import visibility as printing
from tests.graph.ruled import with_rules

NUMBERS = count()
REFERENCE = re.compile(r'(?:FROM|JOIN) (\(?)"?(\w+)"? AS "?(\w+)"?')


class Joining(Link):
    """A link whose rows can be told in a statement: some links are entities, too, and join without being seen."""

    def alias(self, name: str | None = None) -> sa.FromClause:
        return super().alias(name or f"{next(NUMBERS)}_link")


def marked(entity: Entity) -> Entity:
    """An entity whose rows are all invisible, by a predicate that can be found in a statement.

    Lists of which the declaration says that they are seen with their parent are looked at like all others here: which
    these are is a test of its own. Rules that join look at rows as they are; what they join is seen like all else.
    """
    fields = {
        name: looked_at(declared) if isinstance(declared, ToMany) else declared
        for name, declared in entity.fields.items()
    }
    nobody: sa.ColumnElement[str] = sa.literal_column(f"'nobody sees {entity.name}'")
    return replace(entity, fields=fields, visible=lambda columns, _: columns.id == nobody)


def looked_at(many: ToMany) -> ToMany:
    """A list whose rows are looked at one by one, however it is joined."""
    link = many.via and Joining(many.via.table, many.via.parent, many.via.child, many.via.order)
    return replace(many, sure=False, via=link, matching=many.matching and (lambda *_: sa.true()))


def test_lists_that_are_seen_with_their_parent_follow_its_rule_alone() -> None:
    catalogue = schema.make_catalogue()
    sure = {
        f"{entity.name}.{name}": (declared.key, catalogue.target(entity.type.fields[name]).visible)
        for entity in catalogue.entities.values()
        for name, declared in entity.fields.items()
        if isinstance(declared, ToMany) and declared.sure
    }

    wholes = {"Campaign": visibility.campaign, "HiringRequest": hiring.request, "Program": careers.program}
    assert {name: catalogue.entities[name].visible for name in wholes} == wholes
    of_campaigns = ("measures", "milestones", "supportEngagements", "contributions")
    of_programs = ("sessions", "cohorts", "scholarships")
    assert sure == {
        **{f"Campaign.{name}": ("campaign_id", visibility.part) for name in of_campaigns},
        **{f"Program.{name}": ("program_id", careers.of_program) for name in of_programs},
        "PrintOrder.lines": ("order_id", printing.line),
        "HiringRequest.assignments": ("hiring_request_id", hiring.of_request),
        "HiringRequest.placements": ("hiring_request_id", hiring.placement),  # who sees the request, or all once told
    }


MARKED = with_rules(marked)
for name, root in MARKED.roots.items():
    if isinstance(root, Listing) and root.answering is not None:
        MARKED.roots[name] = replace(root, answering=lambda *_: sa.true())
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
    return Compiler(MARKED, dialect, Parts(1_000)).plan(selector, groups, frozenset())


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
            if table in tables and not alias.endswith("_link") and not is_cut_before(text, alias):
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
