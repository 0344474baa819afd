"""Names of files as they are shown. Nothing is ever stored under such a name, nor does it say what a file holds."""

import re
import unicodedata

from fund_api.core.media_types import MediaType

LONGEST = 200
DEFAULT = "file"
ENDINGS = {
    MediaType.PDF: (".pdf",),
    MediaType.PNG: (".png",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.DOCX: (".docx",),
    MediaType.XLSX: (".xlsx",),
    MediaType.ODT: (".odt",),
    MediaType.ODS: (".ods",),
    MediaType.CSV: (".csv", ".txt"),
    MediaType.TEXT: (".txt", ".csv"),
}
"""How the name of a file of a type may end. Which of the two a text is, nobody can see for sure, so either fits."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control characters, what turns the direction of writing and is not seen, halves of surrogate pairs, line ends."""


def cleaned_name(text: str, media_type: MediaType) -> str:
    """A client's name for a file of this type: its last part, without what can't be seen, with an ending that fits."""
    last = re.split(r"[/\\]", text)[-1]
    seen = "".join(_shown(character) for character in last)
    name = " ".join(unicodedata.normalize("NFC", seen).split()).strip(". ") or DEFAULT
    endings = ENDINGS[media_type]
    given = next((name[-len(ending) :] for ending in endings if name.lower().endswith(ending)), "")
    stem, ending = name.removesuffix(given), given or endings[0]
    return stem[: LONGEST - len(ending)].rstrip(". ") + ending


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _UNSEEN else character
