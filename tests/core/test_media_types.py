"""What a file holds is told by its content; whatever is not surely one of the types that are taken is refused."""

import io
import random
import zipfile
from pathlib import Path

import pytest

from fund_api.core.errors import WrongType
from fund_api.core.media_types import ALLOWED, MediaType, media_type_of
from tests.real_files import CONTENTS, FILES, archive, docx, docx_parts, odt, office_parts, open_document, pdf, xlsx

HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
OFFICE_97 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
ZIP = archive({"budget.csv": "item,amount\n"})
ODT = "application/vnd.oasis.opendocument.text"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def told(file: Path, content: bytes) -> MediaType:
    file.write_bytes(content)
    return media_type_of(file)


@pytest.mark.parametrize("kind", list(MediaType), ids=lambda kind: kind.name)
def test_a_file_of_every_type_that_is_taken_is_known(file: Path, kind: MediaType) -> None:
    assert told(file, FILES[kind]) is kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xef\xbb\xbfitem,amount\nMailings,5\n", MediaType.CSV),
        (b'a,b\r\n"1,5","two\r\nlines"\r\n\r\n', MediaType.CSV),
        (b"a,b\n1,2\n3\n", MediaType.TEXT),
        (b"Dear Ada,\nmany thanks,\nBea\n", MediaType.TEXT),
        (b"a,a\n1,2\n", MediaType.TEXT),
        (b"one,line", MediaType.TEXT),
        (b'a,b\n"1,2\n', MediaType.TEXT),
        (b"a;b\n1;2\n", MediaType.TEXT),
        (b"x", MediaType.TEXT),
        (b"5 < 6, and <3 too\n", MediaType.TEXT),
        (b"<5 people came.\n", MediaType.TEXT),
        (b"PK, MZ and BM are letters\n", MediaType.TEXT),
        ("日本語 שלום 😀\n".encode(), MediaType.TEXT),
        ("é".encode() * 100_000, MediaType.TEXT),
        (b" " * 70_000 + b"late", MediaType.TEXT),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_text_is_a_table_when_its_rows_are_as_long_as_its_header(file: Path, content: bytes, kind: MediaType) -> None:
    assert told(file, content) is kind


@pytest.mark.parametrize("parts", [docx_parts(), office_parts("xl", "workbook", "spreadsheetml.sheet", "<workbook/>")])
def test_the_parts_of_an_office_document_may_have_any_order(file: Path, parts: dict[str, str | bytes]) -> None:
    assert told(file, archive(dict(reversed(parts.items())))) in (MediaType.DOCX, MediaType.XLSX)


def changed(content: bytes, at: int, value: bytes) -> bytes:
    return content[:at] + value + content[at + len(value) :]


def encrypted() -> bytes:
    """A document of which every part says that it is encrypted."""
    content = docx()
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content = changed(content, at + place, b"\x01")
            at = content.find(mark, at + 4)
    return content


def encrypted_at(place: int) -> bytes:
    """A PDF whose word for that begins at a place."""
    short = pdf(text="." * 60_000, trailer="/Encrypt<</Filter/Standard>> ").find(b"/Encrypt")
    content = pdf(text="." * (60_000 + place - short), trailer="/Encrypt<</Filter/Standard>> ")
    assert content.find(b"/Encrypt") == place
    return content


def with_comment() -> bytes:
    made = io.BytesIO(docx())
    with zipfile.ZipFile(made, "a") as file:
        file.comment = b"<script>alert(1)</script>"
    return made.getvalue()


def twice() -> bytes:
    """Two parts of one name: programs differ on which of them they read."""
    made = io.BytesIO(docx())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(made, "a") as file:
        file.writestr("word/document.xml", "<other/>")
    return made.getvalue()


def with_contents(old: str, new: str) -> bytes:
    return archive(docx_parts() | {CONTENTS: str(docx_parts()[CONTENTS]).replace(old, new)})


REFUSED = {
    "HTML": HTML,
    "HTML after blanks": b"\xef\xbb\xbf\n" + b" " * 70_000 + HTML,
    "HTML where a chunk ends": b" " * 65_535 + HTML,
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "XML": b'<?xml version="1.0"?><x/>',
    "comment of HTML": b"<!-- --><script>alert(1)</script>",
    "script": b"#!/bin/sh\nrm -rf /\n",
    "RTF": b"{\\rtf1 Budget}",
    "PostScript": b"%!PS-Adobe-3.0\n",
    "program of Windows": b"MZ\x90\x00\x03" + bytes(100),
    "program of Linux": b"\x7fELF\x02\x01\x01" + bytes(100),
    "GIF": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "TIFF": b"II*\x00\x08\x00\x00\x00",
    "Office of 1997 or encrypted": OFFICE_97,
    "ZIP": ZIP,
    "empty ZIP": archive({}),
    "EPUB": open_document("application/epub+zip"),
    "presentation": open_document("application/vnd.oasis.opendocument.presentation"),
    "template": with_contents("document.main", "template.main"),
    "program in Java": archive({"META-INF/MANIFEST.MF": "Main-Class: x", "word/document.xml": "<x/>"}),
    "ZIP that speaks of Office": archive({"x.txt": str(docx_parts()[CONTENTS])}, frozenset({"x.txt"})),
    "document with macros": with_contents("openxmlformats-officedocument.wordprocessingml.document", "ms-word.document.macroEnabled"),
    "document and workbook": with_contents("</Types>", f'<x t="{MediaType.XLSX}.main+xml"/></Types>'),
    "document with a part of macros": with_contents("</Types>", '<x t="application/vnd.ms-office.vbaProject"/></Types>'),
    "document with an encrypted part": encrypted(),
    "encrypted OpenDocument": open_document(ODT, more="<manifest:encryption-data/>"),
    "OpenDocument whose type is packed": archive({"mimetype": ODT, "content.xml": "<x/>"}),
    "OpenDocument whose type is second": archive({"content.xml": "<x/>", "mimetype": ODT}, frozenset({"mimetype"})),
    "bomb for its type": archive({"mimetype": "x" * 2**21}, frozenset({"mimetype"})),
    "bomb for its contents": with_contents("</Types>", " " * 2**24 + "</Types>"),
    "list of a million parts": changed(docx(), len(docx()) - 10, b"\xff\xff\xff\x7f"),
    "document after something": b"GIF89a" + docx(),
    "document after a document": docx() + xlsx(),
    "ZIP hidden before a document": ZIP[:40] + docx(),
    "document before something": docx() + HTML,
    "document with a comment": with_comment(),
    "document with two parts of one name": twice(),
    "document that is cut off": docx()[:-30],
    "first bytes of a document": docx()[:4],
    "encrypted PDF": pdf(trailer="/Encrypt 9 0 R "),
    "PDF that is encrypted where a chunk ends": encrypted_at(2**16 - 4),
    "PDF after something": b"\n" + HTML + pdf(),
    "PDF after an empty line": b"\n" + pdf(),
    "PDF of no version": b"%PDF-<script>alert(1)</script>",
    "PNG without a header": b"\x89PNG\r\n\x1a\n" + HTML,
    "first bytes of a JPEG": b"\xff\xd8\xff",
    "JPEG without a marker": b"\xff\xd8\xff<script>",
    "NUL in a text": b"item,amount\n\x00",
    "control character in a text": b"\x1b[2Jgone",
    "NUL far behind": b"x" * 200_000 + b"\x00",
    "Latin-1": "Cañada".encode("latin-1"),
    "UTF-16": "budget".encode("utf-16"),
    "half a letter at the end": "budgeté".encode()[:-1],
    "half of a surrogate pair": b"\xed\xa0\x80",
}  # fmt: skip


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_all_else_is_refused_with_what_is_taken(file: Path, content: bytes) -> None:
    with pytest.raises(WrongType) as refused:
        told(file, content)

    assert str(refused.value).endswith(" Taken are PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, CSV and plain text (UTF-8).")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (OFFICE_97, "The file is encrypted, or of an Office before 2007: save it anew, without a password."),
        (pdf(trailer="/Encrypt 9 0 R "), "The PDF is encrypted: save it without a password."),
        (ZIP, "The archive is no document that can be taken, or has macros, or is encrypted."),
        (HTML, "The file is markup or a program."),
        (b"\x00", "The file is neither a document nor a picture nor text."),
        (b"\xff", "The file is neither a document nor a picture nor text in UTF-8."),
    ],
    ids=lambda value: repr(value[:10]),
)
def test_a_refusal_says_what_can_be_mended(file: Path, content: bytes, reason: str) -> None:
    with pytest.raises(WrongType) as refused:
        told(file, content)

    assert str(refused.value) == f"{reason} {ALLOWED}"


@pytest.mark.parametrize("whole", [docx(), xlsx(), odt()], ids=["docx", "xlsx", "odt"])
def test_a_broken_archive_is_known_or_refused_and_never_a_fault_of_ours(file: Path, whole: bytes) -> None:
    rng, refused = random.Random(7), 0
    for _ in range(400):
        broken = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            broken[rng.randrange(len(broken))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        try:
            told(file, bytes(broken))
        except WrongType:
            refused += 1
    assert 100 < refused < 400
