"""The filters and orders of every entity, made from its declaration.

An entity's filter has a field for each of its filterable columns (with the operators of its type), for each to-one (the
other entity's filter) and for each to-many (some, every, none); and, or, not combine filters.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
    get_named_type,
    is_enum_type,
)

from fund_api.graph.choices import DEFAULT_PAGE, DIRECTION, NULLS, PAGE_LIMIT, Direction, Nulls, OrderColumn, SearchKind
from fund_api.graph.declarations import Amount, Column, ToMany, ToOne, Variant

if TYPE_CHECKING:
    from fund_api.graph.catalogue import Catalogue, Entity

EQUALITY = {
    "eq": "Equal to this value. A row without a value never matches.",
    "ne": "Has a value, other than this.",
    "in": "Equal to one of these values, at most 1,000.",
    "notIn": "Has a value that is none of these, at most 1,000.",
}
RANGE = {
    "lt": "Less than, or before, this value.",
    "lte": "At most this value.",
    "gt": "Greater than, or after, this value.",
    "gte": "At least this value.",
}
TEXT = {
    "contains": "Holds this text; case, accents and runs of spaces do not matter.",
    "startsWith": "Begins with this text; case, accents and runs of spaces do not matter.",
}
SEARCH = (
    'Holds all of these words, whatever their case, accents and endings; "in quotes" one after the other, '
    "and beginnings of words with a * after them."
)
IS_NULL = "True: the value is unknown. False: it is known."


class Inputs:
    """Makes each input type once, by name."""

    def __init__(self, catalogue: "Catalogue") -> None:
        self.catalogue = catalogue
        self.types: dict[str, GraphQLInputObjectType] = {}
        self.outputs: dict[str, GraphQLObjectType] = {}
        """Types of what several root fields answer, which are made once, too."""

    def connection(self, entity: "Entity") -> dict[str, GraphQLArgument]:
        """The arguments of a list of this entity."""
        filters = GraphQLArgument(self.filter(entity), description="Only rows that match; left out: all rows.")
        arguments = {"filter": filters}
        if order := self._order(entity):
            arguments["orderBy"] = GraphQLArgument(
                GraphQLList(GraphQLNonNull(order)), description="The first entry decides; the next ones break its ties."
            )
        return arguments | self._page()

    def search(self, entities: list[str]) -> dict[str, GraphQLArgument]:
        """The arguments of a search in these entities."""
        values = {
            re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper(): GraphQLEnumValue(
                SearchKind(name), description=f"Objects of type {name}."
            )
            for name in entities
        }
        kind = GraphQLEnumType("SearchType", values, description="What can be searched.")
        types = GraphQLList(GraphQLNonNull(kind))
        return {
            "query": GraphQLArgument(GraphQLNonNull(GraphQLString), description=f"{SEARCH} At most 200 characters."),
            "types": GraphQLArgument(types, description="Search these only; left out: everything."),
        } | self._page()

    @staticmethod
    def _page() -> dict[str, GraphQLArgument]:
        size = f"from 1 to {PAGE_LIMIT}"
        return {
            "first": GraphQLArgument(
                GraphQLInt, description=f"How many rows from the start, {size}; else {DEFAULT_PAGE}. A pull has all."
            ),
            "after": GraphQLArgument(GraphQLString, description="Only rows after this cursor."),
            "last": GraphQLArgument(GraphQLInt, description=f"How many rows from the end, {size}."),
            "before": GraphQLArgument(GraphQLString, description="Only rows before this cursor."),
        }

    def lookup(self, entity: "Entity", columns: dict[str, GraphQLField], *, by: bool) -> dict[str, GraphQLArgument]:
        """The arguments that find one row: a field's own name, or `by` with exactly one of several."""
        if not by:
            return {
                name: GraphQLArgument(GraphQLNonNull(leaf(field)), description=field.description)
                for name, field in columns.items()
            }
        fields = {
            name: GraphQLInputField(leaf(field), description=field.description) for name, field in columns.items()
        }
        key = GraphQLInputObjectType(
            f"{entity.name}By", fields, description="What identifies one row: exactly one of these.", is_one_of=True
        )
        return {"by": GraphQLArgument(GraphQLNonNull(key), description="What identifies it: exactly one field.")}

    @staticmethod
    def variants(variants: Mapping[str, Variant]) -> dict[str, GraphQLArgument]:
        """The arguments that ask for another rule of a lookup."""
        kind = GraphQLNonNull(GraphQLBoolean)
        return {
            name: GraphQLArgument(kind, default_value=False, description=variant.description)
            for name, variant in variants.items()
        }

    def filter(self, entity: "Entity") -> GraphQLInputObjectType:
        """The filter of an entity."""
        name = f"{entity.name}Filter"
        if name not in self.types:
            self.types[name] = GraphQLInputObjectType(
                name,
                lambda: self._filter_fields(entity),
                description=f"Conditions on {entity.name}; every one that is given must hold.",
            )
        return self.types[name]

    def _filter_fields(self, entity: "Entity") -> dict[str, GraphQLInputField]:
        own = self.filter(entity)
        several = GraphQLList(GraphQLNonNull(own))
        fields = {
            "and": GraphQLInputField(several, description="All of these hold."),
            "or": GraphQLInputField(several, description="At least one of these holds."),
            "not": GraphQLInputField(own, description="This does not hold, unknown values included."),
        }
        for name, declared in entity.fields.items():
            field = entity.type.fields[name]
            match declared:
                case Column(filters=True):
                    kind = self.operators(leaf(field), text=declared.folded is not None)
                case Amount():
                    kind = self.operators(
                        amount_of(cast("GraphQLObjectType", get_named_type(field.type))), text=False, name="MoneyFilter"
                    )
                case ToOne():
                    kind = self.filter(self.catalogue.target(field))
                case ToMany():
                    kind = self._list(self.catalogue.target(field))
                case _:
                    continue
            fields[name] = GraphQLInputField(kind, description=field.description)
        if entity.search:
            fields["search"] = GraphQLInputField(GraphQLString, description=SEARCH)
        return fields

    def _list(self, entity: "Entity") -> GraphQLInputObjectType:
        name = f"{entity.name}ListFilter"
        if name not in self.types:
            one = self.filter(entity)
            words = {
                "some": "At least one of them matches.",
                "every": "All of them match; true when there are none.",
                "none": "None of them matches.",
            }
            fields = {key: GraphQLInputField(one, description=text) for key, text in words.items()}
            self.types[name] = GraphQLInputObjectType(
                name, fields, description=f"Conditions on a list of {entity.name}."
            )
        return self.types[name]

    def operators(
        self, kind: GraphQLScalarType | GraphQLEnumType, *, text: bool, name: str = ""
    ) -> GraphQLInputObjectType:
        """The conditions on a value of this type; on a text also contains and startsWith."""
        name = name or ("TextFilter" if text else f"{'Id' if kind is GraphQLID else kind.name}Filter")
        if name not in self.types:
            words = dict(EQUALITY)
            if not (is_enum_type(kind) or kind in (GraphQLID, GraphQLBoolean)):
                words |= RANGE
            if text:
                words |= TEXT
            fields = {
                key: GraphQLInputField(
                    GraphQLList(GraphQLNonNull(kind)) if key in ("in", "notIn") else kind,
                    description=description,
                )
                for key, description in words.items()
            }
            fields["isNull"] = GraphQLInputField(GraphQLBoolean, description=IS_NULL)
            subject = "a text" if text else f"a value of type {kind.name}"
            self.types[name] = GraphQLInputObjectType(name, fields, description=f"Conditions on {subject}.")
        return self.types[name]

    def _order(self, entity: "Entity") -> GraphQLInputObjectType | None:
        values = self._offered(entity)
        name = f"{entity.name}Order"
        if values and name not in self.types:
            key = GraphQLEnumType(
                f"{name}Field", values, description=f"What a list of {entity.name} can be ordered by."
            )
            fields = {
                "field": GraphQLInputField(GraphQLNonNull(key), description="What to order by."),
            }
            self.types[name] = GraphQLInputObjectType(
                name, fields | placement(), description=f"One key of the order of {entity.name}."
            )
        return self.types.get(name)

    def _offered(self, entity: "Entity") -> dict[str, GraphQLEnumValue]:
        """The keys of an entity's order: its own columns, and those of the to-one rows that offer theirs."""
        values = {
            _constant(field): GraphQLEnumValue(OrderColumn(column), description=description)
            for field, column, description in _ordered(entity)
        }
        for name, relation in entity.fields.items():
            if isinstance(relation, ToOne) and relation.order:
                target = self.catalogue.target(entity.type.fields[name])
                for field, column, description in _ordered(target):
                    key = OrderColumn(f"{name}__{column}", (relation, target.name, column))
                    words = f"Of its {name}: {description}"
                    values[f"{_constant(name)}_{_constant(field)}"] = GraphQLEnumValue(key, description=words)
        return values


def _constant(name: str) -> str:
    """A field's name as the value of an enum: publishedOn is PUBLISHED_ON."""
    return re.sub(r"(?=[A-Z])", "_", name).upper()


def _ordered(entity: "Entity") -> list[tuple[str, str, str | None]]:
    """The fields that order an entity, with their columns and what they mean."""
    return [
        (name, declared.column, entity.type.fields[name].description)
        for name, declared in entity.fields.items()
        if isinstance(declared, Column | Amount) and declared.order and declared.column
    ]


def placement() -> dict[str, GraphQLInputField]:
    """The fields of every order beside its key."""
    return {
        "direction": GraphQLInputField(
            GraphQLNonNull(DIRECTION), default_value=Direction.ASC, description="Which way."
        ),
        "nulls": GraphQLInputField(
            GraphQLNonNull(NULLS), default_value=Nulls.LAST, description="Where unknown values come."
        ),
    }


def amount_of(money: GraphQLObjectType) -> GraphQLScalarType:
    """The scalar of an amount of money."""
    return cast("GraphQLScalarType", get_named_type(money.fields["amount"].type))


def leaf(field: GraphQLField) -> GraphQLScalarType | GraphQLEnumType:
    """The scalar or enum of a field that is a column."""
    return cast("GraphQLScalarType | GraphQLEnumType", get_named_type(field.type))
