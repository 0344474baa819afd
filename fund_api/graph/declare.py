"""Entities, declared: a Strawberry type names its table, and each of its fields says where the value lies.

    @declare.entity(tables.State, order=("name",))
    class State(Node):
        \"\"\"A state of the Union.\"\"\"

        code: str = declare.column("Two letters, as the post writes them.", order=True)
        communities: Connection["Community"] = declare.to_many("Its local governments.", key="state_code", own="code")

Nothing here runs a query: `catalogue` reads the declarations off the finished schema, `compile` makes SQL of them.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any

import strawberry
from graphql import GraphQLArgument

from fund_api.core.columns import Table, table_of
from fund_api.graph.declarations import (
    KEY,
    Amount,
    Answering,
    Column,
    Computed,
    Declaration,
    EntityDeclaration,
    Link,
    Listing,
    Live,
    Lookup,
    Matching,
    NodeLookup,
    OwnArgument,
    Restriction,
    Rule,
    Search,
    Stats,
    ToMany,
    ToOne,
    Variant,
    Votes,
    Worked,
)


def entity(
    table: type[Table],
    *,
    order: tuple[str, ...] = (),
    visible: Rule | None = None,
    search: tuple[str, ...] = (),
    tests: Mapping[str, Rule] | None = None,
    row_key: str = "id",
) -> Callable[[type], Any]:
    """Make a class the entity over `table`, of whose rows a viewer sees those for which `visible` holds.

    A column in `order` with a leading minus comes largest first. `search` names the fields, of the entity or through
    its to-ones ("state.name"), whose words its column `search_text` holds: full-text search finds it by them and
    highlights them. Whoever sees the entity must be allowed to see them. `tests` are conditions on a row and the
    viewer, which computed fields may name as if they were columns. `row_key` is the primary key of a table whose rows
    share ids: of those with one id a viewer sees one at most at any time.
    """

    def declare(cls: type) -> Any:  # Any: what strawberry.type returns, with a mark of ours
        declared = EntityDeclaration(
            table_of(table),
            tuple((name.removeprefix("-"), name.startswith("-")) for name in order),
            visible,
            search,
            tests or {},
            row_key,
        )
        made: Any = strawberry.type(cls, description=_words(cls))
        made.__entity__ = declared
        return made

    return declare


def column(
    description: str,
    *,
    column: str | None = None,
    order: bool = False,
    filters: bool = True,
    folded: str | None = None,
    permission: str | None = None,
    readable: Rule | None = None,
) -> Any:
    """A field that is a column: the one of the field's name, unless `column` names another."""
    return _field(description, Column(column, order, filters, folded, _restriction(permission, readable)))


def money(
    description: str,
    *,
    column: str | None = None,
    currency: str = "currency",
    order: bool = False,
    permission: str | None = None,
    readable: Rule | None = None,
) -> Any:
    """A field of type Money: a column of minor units and the column of its currency."""
    return _field(description, Amount(column, currency, order, _restriction(permission, readable)))


def computed(
    description: str,
    function: Callable[..., object],
    *columns: str,
    permissions: bool = False,
    clocked: bool = False,
    arguments: Mapping[str, GraphQLArgument] | None = None,
) -> Any:
    """A field that Python computes: of the viewer's permissions if asked, `columns`, and the field's own arguments.

    `clocked` says that the function asks what time it is.
    """
    return _field(description, Computed(function, columns, permissions, clocked, arguments or {}))


def to_one(description: str, *, own: str, key: str = "id", order: bool = False, sure: bool = False) -> Any:
    """A field that is one row of another entity; nullable when the own column is, or the row may be invisible."""
    return _field(description, ToOne(own, key, order, sure))


def to_many(
    description: str,
    *,
    key: str = "",
    own: str = "id",
    via: Link | None = None,
    matching: Matching | None = None,
    sure: bool = False,
) -> Any:
    """A field that is a connection to another entity: by its column `key`, `via` a link table, or `matching` a rule.

    The rule gets the columns of a row there, the value of the own column `own`, and the viewer. `sure`: whoever sees
    the own row sees all of these. Raises ValueError unless there is one way to the rows.
    """
    if [bool(key), via is not None, matching is not None].count(True) != 1:
        raise ValueError("a to-many needs one of key, via and matching")
    return _field(description, ToMany(key, own, via, sure, matching))


def listing(
    description: str, *, answering: Answering | None = None, arguments: Mapping[str, OwnArgument] | None = None
) -> Any:
    """A root field that lists an entity: all of it, or `answering` a rule of the field's own arguments."""
    return _field(description, Listing(answering, arguments or {}))


def stats(
    description: str,
    entity: type,
    *,
    keys: tuple[str, ...],
    measures: tuple[str, ...] = (),
    communities: str = "",
    ages: Mapping[str, tuple[int, ...]] | None = None,
    bands: Mapping[str, tuple[int, ...]] | None = None,
    worked: Mapping[str, Worked] | None = None,
    votes: Votes | None = None,
) -> Any:
    """A root field that groups the rows of an entity by any of `keys` and adds up `measures`.

    A key is a column of the entity or, by a dotted path, of a to-one row; days and times come in years, months and
    fiscal years. A path may begin with a to-many via a link: then a row counts once in the group of each of these that
    the viewer sees, and nowhere without any. `communities` is the path to the communities behind the rows, for figures
    per community and resident.

    `ages` are further keys: of a time, how many days it is ago, in bands that begin at 0 and at each of the days named.
    `bands` are the same of numbers. `worked` are further measures, each worked out of two columns of a row.
    `votes` says where the votes behind the rows are, for money per vote.
    """
    definition: Any = entity  # Any: marked by Strawberry
    name = definition.__strawberry_definition__.name
    return _field(description, Stats(name, keys, measures, communities, ages or {}, bands or {}, worked or {}, votes))


def lookup(description: str, *columns: str, by: bool = False, variants: Mapping[str, Variant] | None = None) -> Any:
    """A root field that finds one row: by an argument named as the column, or `by` exactly one of several.

    `variants` are further arguments, by their GraphQL names: where one is true, the row is seen by its rule and not by
    the entity's `visible`. Such a rule asks for a permission itself, and holds for one row at most.
    """
    return _field(description, Lookup(columns, by, variants or {}))


def node(description: str) -> Any:
    """The root field `node`."""
    return _field(description, NodeLookup(plural=False))


def nodes(description: str) -> Any:
    """The root field `nodes`."""
    return _field(description, NodeLookup(plural=True))


def mutation(description: str) -> Callable[[Callable[..., Any]], Any]:
    """A field that changes something: a resolver that gives its rule what it needs and answers with a payload."""
    made: Callable[[Callable[..., Any]], Any] = strawberry.mutation(description=description)
    return made


def entity_of(entity_id: str | None) -> Any:
    """An entity as resolvers answer it: its id, of which the engine reads what is selected."""
    return entity_id


def live(
    description: str,
    source: Callable[[Any, Mapping[str, Any]], Awaitable[list[Any]]],
    *,
    arguments: Mapping[str, GraphQLArgument],
    filters: str = "",
) -> Any:
    """A root field of subscriptions: payloads that `source` makes whenever the log has grown; see live.Following.

    `filters` names an entity by whose filter clients choose.
    """
    return _field(description, Live(source, arguments, filters))


def search(description: str) -> Any:
    """The root field that searches."""
    return _field(description, Search())


def enum(values: type[StrEnum], description: str, **descriptions: str) -> None:
    """Offer a closed set to clients, each value described. Raises ValueError when a value lacks its words."""
    if set(descriptions) != {value.name for value in values}:
        raise ValueError(f"each of {[value.name for value in values]} needs words, and nothing else does")
    made: Any = strawberry.enum(values, description=description)  # Any: marked by Strawberry, in place
    for value in made.__strawberry_definition__.values:
        value.description = descriptions[value.name]


def _field(description: str, declaration: Declaration) -> Any:  # Any: the class body states each field's own type
    return strawberry.field(description=description, metadata={KEY: declaration})


def _restriction(permission: str | None, readable: Rule | None) -> Restriction | None:
    return Restriction(permission, readable) if permission or readable else None


def _words(cls: type) -> str:
    return " ".join((cls.__doc__ or "").split())
