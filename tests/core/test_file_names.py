"""Names of files are only shown: nothing of a name is trusted, and its ending is made to fit what the file holds."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund_api.core.file_names import ENDINGS, LONGEST, cleaned_name
from fund_api.core.media_types import MediaType


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("budget.pdf", "budget.pdf"),
        ("Budget 2026.PDF", "Budget 2026.PDF"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\system.ini", "system.ini.pdf"),
        ("C:\\Users\\ada\\budget.pdf", "budget.pdf"),
        ("/", "file.pdf"),
        ("", "file.pdf"),
        ("..", "file.pdf"),
        (". . .", "file.pdf"),
        (".pdf", "pdf.pdf"),
        (".bashrc", "bashrc.pdf"),
        ("budget.pdf/", "file.pdf"),
        ("budget\x00.exe", "budget.exe.pdf"),
        ("a\r\nSet-Cookie: x=1\r\n.pdf", "a Set-Cookie: x=1.pdf"),
        ("\x1b[2J\x7f\x9bbudget.pdf", "[2Jbudget.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("\u2066\u200e\ufeff\u061cbudget\u2069.pdf", "budget.pdf"),
        ("bud\u200bget\u00ad.pdf", "budget.pdf"),
        ("a\u2028b\u2029c.pdf", "a b c.pdf"),
        ("Can\u0303ada.pdf", "Cañada.pdf"),
        ("n\u200d\u0303.pdf", "ñ.pdf"),
        ("\ud800budget.pdf", "budget.pdf"),
        ("  budget  of\u00a0May .pdf", "budget of May.pdf"),
        ("budget.html", "budget.html.pdf"),
        ("budget.pdf.", "budget.pdf"),
        ("budget", "budget.pdf"),
        ("予算.pdf", "予算.pdf"),
        ("x" * 5_000, "x" * 196 + ".pdf"),
        ("x" * 5_000 + ".PDF", "x" * 196 + ".PDF"),
        ("x" * 190 + " ." * 20 + "y.pdf", "x" * 190 + ".pdf"),
    ],
    ids=lambda value: ascii(value[:30]),
)
def test_a_name_of_a_pdf(text: str, name: str) -> None:
    assert cleaned_name(text, MediaType.PDF) == name


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("photo.jpeg", MediaType.JPEG, "photo.jpeg"),
        ("photo.png", MediaType.JPEG, "photo.png.jpg"),
        ("budget.xls", MediaType.XLSX, "budget.xls.xlsx"),
        ("letter.csv", MediaType.TEXT, "letter.csv"),
        ("table.txt", MediaType.CSV, "table.txt"),
        ("page.html", MediaType.TEXT, "page.html.txt"),
        ("", MediaType.ODS, "file.ods"),
    ],
)
def test_the_ending_fits_what_the_file_holds(text: str, kind: MediaType, name: str) -> None:
    assert cleaned_name(text, kind) == name


def test_every_type_has_its_endings() -> None:
    assert ENDINGS.keys() == set(MediaType)


@given(st.text(), st.sampled_from(MediaType))
def test_any_name_can_be_shown_and_cleaning_it_again_changes_nothing(text: str, kind: MediaType) -> None:
    name = cleaned_name(text, kind)

    assert 5 <= len(name) <= LONGEST
    assert name.lower().endswith(ENDINGS[kind])
    assert not set(name) & set("/\\\x00\r\n")
    assert not {unicodedata.category(character) for character in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert unicodedata.is_normalized("NFC", name)
    assert cleaned_name(name, kind) == name
    assert name.encode()
