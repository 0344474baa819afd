"""Entity tags: which answer a client has, and whether it is the one that it would get.

Source: RFC 9110, sections 8.8.3 and 13.1.2.
"""

import re
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

ANY = b"*"
LONGEST = 4_000
"""Bytes of If-None-Match that are looked at; a longer one is taken as none."""
_TAG = re.compile(rb'"[\x21\x23-\x7e\x80-\xff]*"')


def tag_of(identity: bytes, standing: str) -> bytes:
    """The strong tag of the answer to a request, by what identifies it, in a state of the data."""
    return b'"' + sha256(identity + standing.encode()).hexdigest().encode() + b'"'


@lru_cache(maxsize=1_000)
def rights_of(permissions: frozenset[str]) -> bytes:
    """What stands for a set of permissions."""
    return sha256("\n".join(sorted(permissions)).encode()).digest()


@cache
def program_of(packages: tuple[Path, ...]) -> bytes:
    """What stands for a program: its sources, as another one may answer the same request otherwise."""
    known = sha256()
    for package in packages:
        for path in sorted(package.rglob("*.py")):
            known.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return known.digest()


def names(condition: bytes, tag: bytes | None) -> bool:
    """Whether If-None-Match names a tag; weak ones are compared by what they hold. `*` names none."""
    return len(condition) <= LONGEST and tag in _TAG.findall(condition)


def takes_any(condition: bytes) -> bool:
    """Whether If-None-Match stands for any answer that there is."""
    return condition.strip() == ANY
