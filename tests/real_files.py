"""Small real files of every type that is taken, each as a program writes it."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from fund_api.core.media_types import MediaType

Parts = Mapping[str, str | bytes]

_JPEG = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z"
_OFFICE = "http://schemas.openxmlformats.org"
_FORMAT = "application/vnd.openxmlformats-officedocument"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
CONTENTS = "[Content_Types].xml"


def archive(parts: Parts, stored: frozenset[str] = frozenset()) -> bytes:
    """An archive of these parts in this order, packed but for those that are stored."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return made.getvalue()


def pdf(text: str = "Budget", trailer: str = "") -> bytes:
    """One page with a line of text, every object at the place that the table of places says."""
    stream = f"BT /F1 12 Tf 20 20 Td ({text}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 50] /Contents 4 0 R"
        " /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
    ]
    made, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 5\n0000000000 65535 f \n{table}trailer\n<< /Size 5 /Root 1 0 R {trailer}>>\n"
    return made + f"{end}startxref\n{len(made)}\n%%EOF\n".encode()


def png() -> bytes:
    """One grey point."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\x80")),
        (b"IEND", b""),
    )
    made = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def jpeg() -> bytes:
    """One grey point."""
    return base64.b64decode(_JPEG)


def office_parts(folder: str, main: str, kind: str, content: str) -> dict[str, str | bytes]:
    """The parts of an Office document."""
    office = f"{_OFFICE}/officeDocument/2006/relationships/officeDocument"
    return {
        CONTENTS: f'{XML}<Types xmlns="{_OFFICE}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{folder}/{main}.xml" ContentType="{_FORMAT}.{kind}.main+xml"/></Types>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}" Target="{folder}/{main}.xml"/></Relationships>',
        f"{folder}/{main}.xml": XML + content,
    }


def docx_parts(text: str = "Budget") -> dict[str, str | bytes]:
    words = (
        f'<w:document xmlns:w="{_OFFICE}/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p>'
    )
    return office_parts("word", "document", "wordprocessingml.document", f"{words}</w:body></w:document>")


def docx(text: str = "Budget") -> bytes:
    """A document of one paragraph."""
    return archive(docx_parts(text))


def xlsx() -> bytes:
    """A workbook of one empty sheet."""
    relations = f"{_OFFICE}/officeDocument/2006/relationships"
    sheet = f'<worksheet xmlns="{_OFFICE}/spreadsheetml/2006/main"><sheetData/></worksheet>'
    book = f'<workbook xmlns="{_OFFICE}/spreadsheetml/2006/main" xmlns:r="{relations}"><sheets>'
    parts = office_parts(
        "xl",
        "workbook",
        "spreadsheetml.sheet",
        f'{book}<sheet name="Budget" sheetId="1" r:id="rId1"/></sheets></workbook>',
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'{XML}<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    )
    return archive(parts | {"xl/worksheets/sheet1.xml": XML + sheet})


def open_document(media_type: str, inside: str = "", more: str = "") -> bytes:
    """An OpenDocument of a type, with `inside` for its body and `more` in the list of its parts."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    parts: Parts = {
        "mimetype": media_type,
        "content.xml": f'{XML}<office:document-content xmlns:office="{names}:office:1.0" office:version="1.2">'
        f"<office:body>{inside}</office:body></office:document-content>",
        "META-INF/manifest.xml": f'{XML}<manifest:manifest xmlns:manifest="{names}:manifest:1.0">'
        f"{entry.format('/', media_type)}{entry.format('content.xml', 'text/xml')}{more}</manifest:manifest>",
    }
    return archive(parts, frozenset({"mimetype"}))


def odt() -> bytes:
    """An empty text."""
    return open_document("application/vnd.oasis.opendocument.text", "<office:text/>")


def ods() -> bytes:
    """An empty spreadsheet."""
    return open_document("application/vnd.oasis.opendocument.spreadsheet", "<office:spreadsheet/>")


CSV = b'item,amount\r\nMailings,1200.00\r\n"Signs, 200 of them",840.50\r\n'
TEXT = "Dear fund,\n\nwe ask for help in La Cañada.\n".encode()
FILES = {
    MediaType.PDF: pdf(),
    MediaType.PNG: png(),
    MediaType.JPEG: jpeg(),
    MediaType.DOCX: docx(),
    MediaType.XLSX: xlsx(),
    MediaType.ODT: odt(),
    MediaType.ODS: ods(),
    MediaType.CSV: CSV,
    MediaType.TEXT: TEXT,
}
"""One of every type."""
