"""The settings that bound documents and variables, a limit each: FUND_LIMIT_ and its name in capitals."""

from dataclasses import fields

from pydantic import Field
from pydantic_settings import BaseSettings

from fund_api.core.limits import Limits


class LimitSettings(BaseSettings):
    """What a document and its variables may hold."""

    limit_characters: int = Field(
        default=Limits.characters, ge=100, le=1_000_000, description="Characters of a document"
    )
    limit_tokens: int = Field(
        default=Limits.tokens, ge=10, le=10_000, description="Words, numbers, texts and signs of a document"
    )
    limit_nesting: int = Field(
        default=Limits.nesting,
        ge=5,
        le=100,
        description="Brackets open inside each other in a document, lists and objects inside each other in variables",
    )
    limit_directives: int = Field(default=Limits.directives, ge=1, le=1_000, description="Directives of a document")
    limit_aliases: int = Field(default=Limits.aliases, ge=1, le=10_000, description="Aliases of a document")
    limit_root_fields: int = Field(
        default=Limits.root_fields, ge=1, le=1_000, description="Root fields of an operation"
    )
    limit_same_name: int = Field(
        default=Limits.same_name,
        ge=1,
        le=1_000,
        description="Fields of a document that are answered under one name in one place",
    )
    limit_depth: int = Field(default=Limits.depth, ge=3, le=100, description="Fields inside each other")
    limit_fields: int = Field(
        default=Limits.fields,
        ge=10,
        le=100_000,
        description="Fields of a document, with its fragments filled in wherever they are used",
    )
    limit_fragments: int = Field(default=Limits.fragments, ge=1, le=200, description="Fragments of a document")
    limit_variables: int = Field(
        default=Limits.variables, ge=1, le=1_000, description="Variables that an operation declares"
    )
    limit_list_items: int = Field(
        default=Limits.list_items, ge=100, le=100_000, description="Items of a list in a document or in variables"
    )
    limit_values: int = Field(
        default=Limits.values,
        ge=100,
        le=1_000_000,
        description="Values in variables, those in their lists and objects included; an object counts for ten more",
    )
    limit_parts: int = Field(
        default=Limits.parts,
        ge=100,
        le=100_000,
        description="Conditions, lists, joined rows and columns of the statements that answer an operation",
    )

    @property
    def limits(self) -> Limits:
        """What one request may hold."""
        return Limits(**{each.name: getattr(self, f"limit_{each.name}") for each in fields(Limits)})
