"""What a declaration must hold to, looked at when the catalogue is made: a wrong one never serves."""

from typing import TYPE_CHECKING

import sqlalchemy as sa
from graphql import is_non_null_type

from fund_api.core.columns import table_of
from fund_api.graph.declarations import Amount, Column, Computed, Declaration, ToMany, ToOne

if TYPE_CHECKING:
    from fund_api.graph.catalogue import Catalogue, Entity


def check_columns(entity: "Entity") -> None:
    """Raises ValueError for columns that the table lacks."""
    for name, own in entity.fields.items():
        for column in columns_of(own):
            if column not in entity.table.c and column not in entity.tests:
                raise ValueError(f"{entity.name}.{name} names the column {column!r}, which its table lacks")
    if [column.name for column in entity.table.primary_key] != [entity.row_key]:
        raise ValueError(f"{entity.name} has the row key {entity.row_key!r}, which is not its table's primary key")
    if entity.search and "search_text" not in entity.table.c:
        raise ValueError(f"{entity.name} is searched, but its table has no column 'search_text'")


def check_nulls(catalogue: "Catalogue") -> None:
    """What a viewer may not see is null, so its field must allow null. Raises ValueError for one that does not."""
    for entity in catalogue.entities.values():
        for name, declared in entity.fields.items():
            field = entity.type.fields[name]
            hidden = isinstance(declared, Column | Amount) and declared.restriction is not None
            if isinstance(declared, ToOne) and not declared.sure:
                hidden = catalogue.target(field).visible is not None
            if hidden and is_non_null_type(field.type):
                raise ValueError(f"{entity.name}.{name} may be hidden from a viewer, so it must be nullable")


def check_links(catalogue: "Catalogue") -> None:
    """A list in the order of its link needs one place for each row. Raises ValueError for a link without."""
    declared = (own for entity in catalogue.entities.values() for own in entity.fields.values())
    for link in (own.via for own in declared if isinstance(own, ToMany)):
        if link is None or link.order is None:
            continue
        table = table_of(link.table)
        column = table.c[link.order]
        if column.nullable or not isinstance(column.type, sa.Integer):
            raise ValueError(f"{table.name}.{link.order} is not always a whole number, so it orders no list")
        if {column.name for column in table.primary_key} != {link.parent, link.child}:
            raise ValueError(f"{table.name} may join two rows more than once, so it orders no list")


def columns_of(field: Declaration) -> tuple[str, ...]:
    """The columns that a field is made of."""
    match field:
        case Column(column, _, _, folded):
            return tuple(name for name in (column, folded) if name)
        case Amount(column, currency):
            return (str(column), currency)
        case Computed(columns=columns):
            return columns
        case ToOne(own) | ToMany(_, own):
            return (own,)
    return ()
