"""Names in addresses: made of a title's words once, and never changed after."""

import re

from fund_api.core.text import bare

LONGEST = 80
"""Characters of a slug that is made of a title."""

_WORDS = re.compile(r"[a-z0-9]+")
_APOSTROPHES = str.maketrans("", "", "'’‘")


def slug_of(title: str) -> str:
    """The words of a title in small letters without accents, joined by hyphens; those that fit into LONGEST characters.

    Nothing is left of a title in other letters than Latin ones.
    """
    slug = "-".join(_WORDS.findall(bare(title).translate(_APOSTROPHES)))
    if len(slug) <= LONGEST:
        return slug
    return slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]
