"""Limits of one request: numbers that are looked at before anything is done for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The most that one document, or the variables sent with it, may hold.

    The operations in schema/operations, the pages of docs and the question by which tools read a whole schema need at
    most a third of each.
    """

    characters: int = 30_000
    """Of the document's text."""
    tokens: int = 1_500
    """Words, numbers, texts and signs of the document; comments, commas and spaces are none."""
    nesting: int = 40
    """Brackets inside each other in the document, lists and objects inside each other in the variables."""
    directives: int = 50
    """Of the document."""
    aliases: int = 100
    """Of the document."""
    root_fields: int = 25
    """Of an operation."""
    same_name: int = 50
    """Fields that are answered under one name in one place."""
    depth: int = 45
    """Fields inside each other."""
    fields: int = 1_000
    """Of the document, with its fragments filled in wherever they are used."""
    fragments: int = 50
    """Of the document."""
    variables: int = 50
    """That an operation declares."""
    list_items: int = 2_000
    """Of a list in the document or in the variables."""
    values: int = 5_000
    """In the variables: texts, numbers, lists and whatever else; an object counts for ten, and what it holds."""

    parts: int = 500
    """Conditions, lists, joined rows and columns of the statements that answer an operation."""


STANDARD = Limits()
"""Those of an installation that sets none."""
