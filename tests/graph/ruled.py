"""The schema's catalogue with rules of a test's own."""

from collections.abc import Callable

import schema
from fund_api.graph.catalogue import Catalogue, Entity


def with_rules(rules: Callable[[Entity], Entity]) -> Catalogue:
    """The schema's catalogue, with other rules."""
    catalogue = schema.make_catalogue()
    for name, entity in catalogue.entities.items():
        catalogue.entities[name] = catalogue.prefixes[entity.prefix] = rules(entity)
    return catalogue
