"""TypeIDs: a prefix that names the entity, an underscore, and a UUID in 26 characters.

Source: the TypeID specification, version 0.3.0, and RFC 9562 for the UUIDs.
"""

import hashlib
import re

import uuid_utils
from typeid import TypeID

SUFFIX_LENGTH = 26
_SHAPE = re.compile(r"([a-z]{3,10})_[0-7][0-9a-hjkmnp-tv-z]{25}")


def new_id(prefix: str) -> str:
    """A fresh id on a UUIDv7: later ids sort after earlier ones."""
    return str(TypeID(prefix=prefix))


def stable_id(prefix: str, *source: str) -> str:
    """The id of an imported row: the same for the same `source` key, on every machine and at every import.

    The UUID is of version 8: 122 bits of the SHA-256 of the key, with the version and variant of RFC 9562.
    """
    digest = hashlib.sha256("\x1f".join((prefix, *source)).encode()).digest()[:16]
    number = int.from_bytes(digest, "big")
    number = number & ~(0xF << 76) | 0x8 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(TypeID.from_uuid(uuid_utils.UUID(int=number), prefix=prefix))


def prefix_of(value: str) -> str | None:
    """The prefix of a well-formed TypeID, else None."""
    match = _SHAPE.fullmatch(value)
    return match[1] if match else None
