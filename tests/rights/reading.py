"""Every path that leads to an entity, walked as somebody, with what the table says that they find there."""

from functools import cache
from typing import Any

from graphql import get_named_type

from fund_api.core.columns import table_of
from fund_api.graph.declarations import Amount, Computed, Listing, Lookup, Stats, ToMany, ToOne
from tests.asking import CATALOGUE
from tests.oracle import data as oracle
from tests.oracle.conditions import MATCHES
from tests.rights.lines import RESTRICTED_LINES
from tests.rights.rows import Row
from tests.rights.world import ENTITIES, World

GIVEN = {"canShipBy": "(quantity: 100)", "signaturesNeeded": "(registeredVoters: 1000)"}
"""Arguments of fields that need some."""
PAGE = 100


@cache
def fields_of(entity: str) -> str:
    """A selection of every field of an entity that is no relation."""
    found = []
    for name, declared in ENTITIES[entity].fields.items():
        if isinstance(declared, Amount):
            found.append(f"{name} {{ amount }}")
        elif isinstance(declared, Computed):
            found.append(name + GIVEN.get(name, ""))
        elif not isinstance(declared, ToOne | ToMany):
            found.append(name)
    return " ".join(found)


def flat(node: Row) -> Row:
    """The fields of a node as they are compared: of what can be done, only whether there is anything."""
    return {name: bool(value) if name == "availableActions" else value for name, value in node.items()}


@cache
def target(entity: str, name: str) -> str:
    return CATALOGUE.target(ENTITIES[entity].type.fields[name]).name


@cache
def relations(entity: str) -> dict[str, ToOne | ToMany]:
    fields = ENTITIES[entity].fields
    return {name: declared for name, declared in fields.items() if isinstance(declared, ToOne | ToMany)}


@cache
def whole(entity: str) -> str:
    """A selection of all fields, and of all fields of everything that the entity leads to."""
    found = [fields_of(entity)]
    for name, declared in relations(entity).items():
        inside = fields_of(target(entity, name))
        page = f"(first: {PAGE}) {{ totalCount nodes {{ {inside} }} }}"
        found.append(f"{name} {page}" if isinstance(declared, ToMany) else f"{name} {{ {inside} }}")
    return " ".join(found)


def found_in(entity: str, node: Row) -> Row:
    """A node of an answer in the form in which it is compared: the order of lists does not matter here."""
    found = flat(node)
    for name, declared in relations(entity).items():
        if isinstance(declared, ToMany):
            nodes = {one["id"]: flat(one) for one in node[name]["nodes"]}
            found[name] = (node[name]["totalCount"], nodes)
        else:
            found[name] = node[name] and flat(node[name])
    return found


def expected(world: World, viewer: str, entity: str, row: Row) -> Row:
    """The same as the table says it."""
    told = world.told(viewer, entity, row)
    for name, declared in relations(entity).items():
        other = target(entity, name)
        near = {
            one["id"]: world.told(viewer, other, one)
            for one in _near(world, declared, row, other)
            if world.sees(viewer, other, one)
        }
        told[name] = (len(near), near) if isinstance(declared, ToMany) else next(iter(near.values()), None)
    return told


def _near(world: World, declared: ToOne | ToMany, row: Row, other: str) -> list[Row]:
    """All rows that a relation leads to, whoever may see them."""
    if isinstance(declared, ToMany) and declared.via:
        via = declared.via
        links = world.links[table_of(via.table).name]
        return [world.rows[other][link[via.child]] for link in links if link[via.parent] == row[declared.own]]
    wanted = row[declared.own]
    if isinstance(declared, ToMany) and declared.matching:
        known = {ENTITIES[name].table.name: list(rows.values()) for name, rows in world.rows.items()}
        everything = oracle.World(known | world.links)
        return [one for one in known[ENTITIES[other].table.name] if MATCHES[declared.matching](everything, one, wanted)]
    return [one for one in world.rows[other].values() if wanted is not None and one[declared.key] == wanted]


async def nodes(world: World, viewer: str, entity: str) -> None:
    """By their ids, with everything below them: all paths from a parent."""
    document = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {entity} {{ {whole(entity)} }} }} }}"
    rows = list(world.rows[entity].values())
    for start in range(0, len(rows), PAGE):
        page = rows[start : start + PAGE]
        answer = await world.asker(viewer)(document, ids=[row["id"] for row in page])
        for row, node in zip(page, answer["nodes"], strict=True):
            compare(world, viewer, "nodes", entity, row, node)


async def listing(world: World, viewer: str, root: str) -> None:
    """The list at the root, with everything below it."""
    entity = CATALOGUE.target(CATALOGUE.query.fields[root]).name
    page = f"totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {whole(entity)} }}"
    document = f"query ($after: String) {{ {root}(first: {PAGE}, after: $after) {{ {page} }} }}"
    seen = [row["id"] for row in world.seen(viewer, entity)]
    found: list[Row] = []
    after = None
    while True:
        answer = (await world.asker(viewer)(document, after=after))[root]
        assert answer["totalCount"] == len(seen), f"{viewer} counts other {root} than the table says"
        found += answer["nodes"]
        after = answer["pageInfo"]["endCursor"]
        if not answer["pageInfo"]["hasNextPage"]:
            break
    assert sorted(node["id"] for node in found) == sorted(seen), f"{viewer} lists other {root} than the table says"
    for node in found:
        compare(world, viewer, root, entity, world.rows[entity][node["id"]], node)


async def one_by_one(world: World, viewer: str) -> None:
    """`node`, lookups, and stats, of one row of every kind, and the events of each."""
    for entity, row in world.samples:
        seen = world.sees(viewer, entity, row)
        where = f"{viewer}, {world.called(viewer, entity, row)}"
        answer = await world.asker(viewer)(single(entity), id=row["id"], **keys(entity, row))
        events = {node["id"] for node in answer.pop("events")["nodes"]}
        of_it = {one["id"] for one in world.seen(viewer, "Event") if one["entity_id"] == row["id"]}
        assert events == of_it, f"events of it: {where}"
        for root, found in answer.items():
            if root in roots(Stats, entity):
                assert sum(group["count"] for group in found["groups"]) == int(seen), f"{root}: {where}"
            else:
                assert found == ({"id": row["id"], "__typename": entity} if seen else None), f"{root}: {where}"


@cache
def single(entity: str) -> str:
    """A document that asks in every way for one row."""
    declared = "".join(f", ${key}: {kind}" for key, (_, kind) in lookups(entity).items())
    asked = ["node(id: $id) { id __typename }", "events(first: 100, filter: {entityId: {eq: $id}}) { nodes { id } }"]
    asked += [f"{key}: {text} {{ id __typename }}" for key, (text, _) in lookups(entity).items()]
    asked += [f"{root}(filter: {{id: {{eq: $id}}}}) {{ groups {{ count }} }}" for root in roots(Stats, entity)]
    return f"query ($id: ID!{declared}) {{ {' '.join(asked)} }}"


async def filtered(world: World, viewer: str) -> None:
    """By every field that not all may read, where lists can be filtered by it: what is hidden is null there, too."""
    for entity, name in filters():
        known = {row["id"] for row in world.seen(viewer, entity) if world.told(viewer, entity, row)[name] is not None}
        for root in roots(Listing, entity):
            page = f"{root}(first: {PAGE}, filter: {{{name}: {{isNull: false}}}}) {{ totalCount nodes {{ id }} }}"
            answer = (await world.asker(viewer)(f"{{ {page} }}"))[root]
            found = {node["id"] for node in answer["nodes"]}
            assert found <= known, f"{viewer} finds rows of {root} by {name} that hide it"
            assert answer["totalCount"] == len(known), f"{viewer} counts other {root} by {name} than the table says"


@cache
def filters() -> list[tuple[str, str]]:
    """Every field that not all may read, by its entity, and that lists can be filtered by."""
    fields = {(entity, name) for entity, name, _ in RESTRICTED_LINES}
    kinds = CATALOGUE.schema.type_map
    return sorted(one for one in fields if one[1] in getattr(kinds.get(f"{one[0]}Filter"), "fields", ()))


async def search(world: World, viewer: str) -> None:
    """Everything that can be found has the one word in it."""
    searchable = [name for name, entity in ENTITIES.items() if entity.search]
    for entity in searchable:
        kind = next(name for name in CATALOGUE.schema.type_map["SearchType"].values if name == _upper(entity))  # type: ignore[attr-defined]
        inside = f"totalCount nodes {{ ... on {entity} {{ {fields_of(entity)} }} }}"
        document = f'{{ search(query: "matrix", first: {PAGE}, types: [{kind}]) {{ {inside} }} }}'
        answer = (await world.asker(viewer)(document))["search"]
        found = {node["id"]: flat(node) for node in answer["nodes"]}
        seen = {row["id"]: world.told(viewer, entity, row) for row in world.seen(viewer, entity)}
        assert found == seen, f"{viewer} finds other rows of {entity} than the table says"
        assert answer["totalCount"] == len(seen), f"{viewer} counts other results of {entity} than the table says"


def compare(world: World, viewer: str, path: str, entity: str, row: Row, node: Any) -> None:
    """Hold one node of an answer against the table, and name the field that differs."""
    where = f"{viewer}, {path}, {world.called(viewer, entity, row)}"
    if not world.sees(viewer, entity, row):
        assert node is None, f"the table says that this is absent: {where}"
        return
    assert node is not None, f"the table says that this is seen: {where}"
    found, told = found_in(entity, node), expected(world, viewer, entity, row)
    for name in told:
        assert found[name] == told[name], f"{differs(name, found[name], told[name])}: {where}"


def differs(path: str, found: Any, told: Any) -> str:
    """Where two values first differ, and how; Any: what JSON holds."""
    if isinstance(found, tuple) and isinstance(told, tuple):
        found, told = ({"totalCount": count, **nodes} for count, nodes in (found, told))
    if isinstance(found, dict) and isinstance(told, dict):
        for key in {**told, **found}:
            if found.get(key) != told.get(key):
                return differs(f"{path}.{key}", found.get(key), told.get(key))
    return f"{path} is {found}, by the table {told}"


@cache
def roots(kind: type, entity: str) -> list[str]:
    """The root fields of a kind that lead to an entity."""
    found = []
    for name, declared in CATALOGUE.roots.items():
        if isinstance(declared, kind):
            field = CATALOGUE.query.fields[name]
            stats = CATALOGUE.stats.get(get_named_type(field.type).name)
            leads = stats.entity.name if stats else CATALOGUE.target(field).name
            if leads == entity:
                found.append(name)
    return found


@cache
def lookups(entity: str) -> dict[str, tuple[str, str]]:
    """Every lookup by every column that it offers, with the type of its variable, which has the lookup's key."""
    found = {}
    for root in roots(Lookup, entity):
        declared = CATALOGUE.roots[root]
        assert isinstance(declared, Lookup)
        for name, own in ENTITIES[entity].fields.items():
            column = getattr(own, "column", None)
            if column in declared.columns:
                key = f"{root}__{column}"
                given = f"{name}: ${key}"
                kind = f"{get_named_type(ENTITIES[entity].type.fields[name].type)}!"
                found[key] = (f"{root}(by: {{{given}}})" if declared.by else f"{root}({given})", kind)
    return found


def keys(entity: str, row: Row) -> Row:
    """What the lookups of a row take."""
    return {key: row[key.partition("__")[2]] for key in lookups(entity)}


LISTINGS = [root for root, declared in CATALOGUE.roots.items() if isinstance(declared, Listing)]


def _upper(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter for letter in name).strip("_").upper()
