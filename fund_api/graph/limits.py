"""Limits of a document's text and of the values in variables: they are counted before anything else is done.

A document is counted first as a text, by one pass that takes no notice of its grammar, then as a tree (extents.py).
Counting stops at the first limit that is passed.
"""

import re
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from fund_api.core.limits import Limits
from fund_api.graph.errors import Code, RequestErrors

_TOKEN = re.compile(
    r'''
      """ (?: [^"\\] | \\""" | \\ | "(?!"") )*+ (?: """ | \Z )
    | "   (?: [^"\\\n\r] | \\. )*+ "?
    | \#  [^\n\r]*+
    | -?[0-9]++ (?: \.[0-9]++ )? (?: [eE][+-]?[0-9]++ )?
    | \w++
    | \.\.\.
    | [^\s,\ufeff]
    ''',
    re.VERBOSE,
)
"""Whatever a document may consist of, and comments. A text without an end ends with its line, so that no character is
looked at twice."""

_SAID = {
    "characters": "The document has {} characters",
    "tokens": "The document has {} tokens",
    "nesting": "{} brackets are open inside each other",
    "directives": "The document has {} directives",
    "aliases": "The document has {} aliases",
    "root_fields": "An operation has {} root fields",
    "same_name": "{} fields are to be answered under one name",
    "depth": "{} fields are inside each other",
    "fields": "The document has {} fields, with its fragments filled in",
    "fragments": "The document has {} fragments",
    "variables": "An operation declares {} variables",
    "list_items": "A list has {} items",
    "values": "The variables hold {} values",
    "parts": "The statements that answer this have {} parts and more",
}
OBJECT = 10
"""Values that an object counts for, beside those in it: each field that it may have is looked at."""
_NESTED = (dict, list)
MOST = 1_000_000_000
"""The largest number that is told: fragments that use each other double it again and again."""


def hold(limits: Limits, name: str, found: int) -> None:
    """Raise RequestErrors when there is more of something than its limit allows."""
    allowed: int = getattr(limits, name)
    if found > allowed:
        raise exceeded(name, min(found, MOST), allowed)


def exceeded(name: str, found: int, allowed: int) -> RequestErrors:
    """The error that says which limit was passed, by how much."""
    limit = {"name": name_of(name), "found": found, "allowed": allowed}
    message = f"{_SAID[name].format(f'{found:,}')}; {allowed:,} are allowed."
    return RequestErrors([GraphQLError(message, extensions={"limit": limit})], Code.LIMIT_EXCEEDED)


def name_of(limit: str) -> str:
    """A limit's name as clients see it."""
    first, *others = limit.split("_")
    return first + "".join(map(str.capitalize, others))


def check_text(text: str, limits: Limits) -> list[str]:
    """The tokens of a document's text. Raises RequestErrors where there are too many, or they are nested too deeply."""
    hold(limits, "characters", len(text))
    tokens = [token for token in _TOKEN.findall(text) if token[0] != "#"]
    hold(limits, "tokens", len(tokens))
    hold(limits, "directives", tokens.count("@"))
    hold(limits, "nesting", _nesting(tokens))
    return tokens


def _nesting(tokens: list[str]) -> int:
    """How many brackets are open at once, at most."""
    inside = deepest = 0
    for token in tokens:
        if token in ("{", "(", "["):
            inside += 1
            deepest = max(deepest, inside)
        elif token in ("}", ")", "]"):
            inside -= 1
    return deepest


def check_values(variables: Mapping[str, Any], limits: Limits) -> None:
    """Look at the values of variables as they came, whether they are declared or not. Raises RequestErrors."""
    number = level = 0
    around: list[Any] = [variables]
    while around:
        inside: list[Any] = []
        for each in around:
            items = each if each.__class__ is list else each.values()
            number += len(items) if items is each else len(items) + OBJECT
            if items is each and len(items) > limits.list_items:
                hold(limits, "list_items", len(items))
            if number > limits.values:
                hold(limits, "values", number)
            inside += [item for item in items if item.__class__ in _NESTED]
        around, level = inside, level + 1
        if around and level > limits.nesting:
            hold(limits, "nesting", level)
