"""Text as it is compared: one folding, done in Python, so that every database finds the same rows."""

import unicodedata


def fold(text: str) -> str:
    """`text` without case, accents and runs of white space: "La  Cañada" and "la canada" fold alike.

    Compatibility forms are decomposed (NFKD), combining marks dropped and the rest case-folded.
    """
    return " ".join(bare(text).split())


def bare(text: str) -> str:
    """`text` folded, but for its white space: each character by itself, whichever its neighbours."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return plain.casefold()


def several(number: float, noun: str) -> str:
    """A number of things in words: 1 second, 1,000,000 seconds, 0.5 seconds."""
    figure = f"{int(number):,}" if number == int(number) else f"{number:,g}"
    return f"{figure} {noun}{'' if number == 1 else 's'}"


def clean(text: str) -> str:
    """`text` as it is stored: composed (NFC), without white space around it. Raises ValueError for U+0000."""
    if "\x00" in text:
        raise ValueError("a text can't hold the character U+0000")
    return unicodedata.normalize("NFC", text).strip()
