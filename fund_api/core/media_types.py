"""What a file holds, told by its content alone: one of the types that are taken, or a refusal that lists them.

Nothing is guessed. A file has a type when it is built as the type's own specification says: ISO 32000 (PDF), ISO 15948
(PNG), ISO 10918 (JPEG), ISO 29500 (DOCX, XLSX), ISO 26300 (ODT, ODS), RFC 4180 (CSV). What is left must be text.
"""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from fund_api.core.errors import WrongType


class MediaType(StrEnum):
    """The types that are taken, as HTTP names them."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ODT = "application/vnd.oasis.opendocument.text"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    CSV = "text/csv"
    TEXT = "text/plain"


ALLOWED = "Taken are PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, CSV and plain text (UTF-8)."
_CHUNK = 2**16
_MOST = 2**20
"""Bytes that are read of one part of an archive, or of the list of its parts."""

_PDF = re.compile(rb"%PDF-[12]\.\d")
_ENCRYPTED = re.compile(rb"/Encrypt\s*(\d|<<)")
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_JPEG = re.compile(rb"\xff\xd8\xff[\xc0-\xfe]")
_ARCHIVE, _OFFICE_OR_ENCRYPTED = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MAIN = {
    kind: re.compile(rb"""["']%s\.main\+xml["']""" % re.escape(kind.encode()))
    for kind in (MediaType.DOCX, MediaType.XLSX)
}
"""How the list of contents of an Office document names its main part."""
_MACROS = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_OPEN_DOCUMENTS = {kind.encode(): kind for kind in (MediaType.ODT, MediaType.ODS)}
_END, _LARGE_END, _END_LENGTH, _LARGE_END_LENGTH = b"PK\x05\x06", b"PK\x06\x07", 22, 20

_CONTROLS = re.compile(r"[^\t\n\f\r -\x7e\x85\xa0-\U0010ffff]")
_NO_PLAIN_TEXT = re.compile(r"(<[!?/a-zA-Z]|#!|\{\\rtf|%!PS|%PDF-)")
"""How markup, scripts, RTF, PostScript and broken PDF begin."""
_START = 100
"""Characters after leading blanks that are enough to see it; what was read at once is kept whole."""
_ROWS = 20
"""Rows by which a table is known."""


def media_type_of(path: Path) -> MediaType:
    """The type of what a file holds. Raises WrongType, with the types that are taken, for any other."""
    with path.open("rb") as file:
        head = file.read(_CHUNK)
        file.seek(0)
        if _PDF.match(head):
            return _pdf(file)
        if head.startswith(_PNG):
            return MediaType.PNG
        if _JPEG.match(head):
            return MediaType.JPEG
        if head.startswith(_ARCHIVE):
            return _document(file, path.stat().st_size)
        if head.startswith(_OFFICE_OR_ENCRYPTED):
            raise _refusal("The file is encrypted, or of an Office before 2007: save it anew, without a password.")
        return _text(file)


def _refusal(reason: str) -> WrongType:
    return WrongType(f"{reason} {ALLOWED}")


def _pdf(file: BinaryIO) -> MediaType:
    before = b""
    for chunk in _chunks(file):
        if _ENCRYPTED.search(before + chunk):
            raise _refusal("The PDF is encrypted: save it without a password.")
        before = chunk[-100:]  # where a chunk ends, the words may be cut
    return MediaType.PDF


def _document(file: BinaryIO, size: int) -> MediaType:
    """The type of an archive that is a document."""
    try:
        kind = _kind(file) if _is_listed(file, size) else None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        kind = None
    if kind is None:
        raise _refusal("The archive is no document that can be taken, or has macros, or is encrypted.")
    return kind


def _is_listed(file: BinaryIO, size: int) -> bool:
    """Whether the list of an archive's parts is where it should be and not too long, before anything reads it.

    So nothing stands before the archive or after it, and a list of millions of parts is not read into memory.
    """
    file.seek(max(0, size - _END_LENGTH - _LARGE_END_LENGTH))
    tail = file.read()
    end = tail[-_END_LENGTH:]
    if tail.startswith(_LARGE_END) or not end.startswith(_END) or not end.endswith(b"\0\0"):
        return False
    length, start = int.from_bytes(end[12:16], "little"), int.from_bytes(end[16:20], "little")
    return length <= _MOST and start + length + _END_LENGTH == size


def _kind(file: BinaryIO) -> MediaType | None:
    with zipfile.ZipFile(file) as archive:
        parts = {part.filename: part for part in archive.infolist()}
        if len(parts) < len(archive.infolist()) or not all(_is_plain(part, archive) for part in parts.values()):
            return None
        first = min(parts.values(), key=lambda part: part.header_offset, default=None)
        if first is None or first.header_offset != 0:
            return None
        if first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED:
            manifest = _read(archive, parts.get("META-INF/manifest.xml"))
            return None if b"encryption-data" in manifest else _OPEN_DOCUMENTS.get(_read(archive, first))
        contents = _read(archive, parts.get("[Content_Types].xml"))
        found = [kind for kind, main in _MAIN.items() if main.search(contents)]
        return found[0] if len(found) == 1 and not _MACROS.search(contents) else None


def _is_plain(part: zipfile.ZipInfo, archive: zipfile.ZipFile) -> bool:
    """Whether a part is not encrypted, packed in one of the two ways that documents are, and before the list."""
    packed = part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    return packed and not part.flag_bits & 1 and 0 <= part.header_offset < archive.start_dir


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo | None) -> bytes:
    """What a part holds. Raises ValueError when it is too long for what it should be, whatever it says of itself."""
    if part is None:
        return b""
    with archive.open(part) as file:
        found = file.read(_MOST + 1)
    if len(found) > _MOST:
        raise ValueError(f"{part.filename} is too long")
    return found


def _text(file: BinaryIO) -> MediaType:
    start = ""
    try:
        for text in _decoded(file):
            if _CONTROLS.search(text):
                raise _refusal("The file is neither a document nor a picture nor text.")
            if len(start) < _START:
                start = (start + text).lstrip()
    except UnicodeDecodeError:
        raise _refusal("The file is neither a document nor a picture nor text in UTF-8.") from None
    if _NO_PLAIN_TEXT.match(start):
        raise _refusal("The file is markup or a program.")
    return MediaType.CSV if _is_table(start) else MediaType.TEXT


def _decoded(file: BinaryIO) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    for chunk in _chunks(file):
        yield decoder.decode(chunk)
    decoder.decode(b"", final=True)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _is_table(text: str) -> bool:
    """Whether a text begins with a header of two or more names, and rows of as many cells."""
    try:
        rows = list(islice(filter(None, csv.reader(io.StringIO(text, newline=""), strict=True)), _ROWS))
    except csv.Error:
        return False
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    names = {cell.strip() for cell in rows[0]} - {""}
    return len(names) == len(rows[0]) and all(len(row) == len(names) for row in rows)
