"""Archives made to be read in two ways, or to fill the memory of who reads them, are no documents."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from fund_api.core.errors import WrongType
from fund_api.core.media_types import MediaType, media_type_of
from tests.real_files import CONTENTS, archive, docx, docx_parts

END = struct.Struct("<4s4H2LH")
LISTED = b"PK\x01\x02"


def told(tmp_path: Path, content: bytes) -> MediaType:
    file = tmp_path / "file"
    file.write_bytes(content)
    return media_type_of(file)


def refused(tmp_path: Path, content: bytes) -> bool:
    """Whether an archive is refused that Python's own reader takes."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert CONTENTS in file.namelist()
    with pytest.raises(WrongType, match="The archive is no document that can be taken"):
        told(tmp_path, content)
    return True


def of_many_parts(number: int) -> bytes:
    return archive(docx_parts() | {f"word/media/image{at}.png": b"" for at in range(number)})


def with_end(content: bytes, length: int, start: int) -> bytes:
    """The archive with this length and start of its list, as its end says them."""
    mark, *numbers = END.unpack(content[-END.size :])
    return content[: -END.size] + END.pack(mark, *numbers[:4], length, start, 0)


def end_of(content: bytes) -> tuple[int, int]:
    """The length and the start of the list of parts, as the end of the archive says them."""
    length, start = END.unpack(content[-END.size :])[5:7]
    return length, start


def test_a_document_may_have_a_thousand_pictures(tmp_path: Path) -> None:
    assert told(tmp_path, of_many_parts(1_000)) is MediaType.DOCX


def test_a_list_of_parts_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    content = of_many_parts(16_000)

    assert end_of(content)[0] > 2**20
    assert refused(tmp_path, content)


def test_a_second_end_does_not_hide_such_a_list(tmp_path: Path) -> None:
    content = of_many_parts(16_000)
    length, start = end_of(content)
    place = len(content) - END.size
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 16_003, 16_003, length, start)
    large += struct.pack("<4sLQL", b"PK\x06\x07", 0, place, 1)
    hidden = content[:place] + large + content[place:]

    assert refused(tmp_path, with_end(hidden, 100, len(hidden) - END.size - 100))


def test_nothing_hides_before_the_first_part(tmp_path: Path) -> None:
    made = io.BytesIO(archive({"other.html": "<script>"})[:50])
    made.seek(0, io.SEEK_END)
    with zipfile.ZipFile(made, "a") as file:  # which says where its parts are from the start of all
        for name, content in docx_parts().items():
            file.writestr(name, content)

    assert refused(tmp_path, made.getvalue())


def test_parts_are_where_the_list_says(tmp_path: Path) -> None:
    content = bytearray(docx())
    length, start = end_of(bytes(content))
    at = content.find(LISTED)
    while at >= 0:
        (place,) = struct.unpack_from("<L", content, at + 42)
        struct.pack_into("<L", content, at + 42, place + 5)
        at = content.find(LISTED, at + 1)

    assert refused(tmp_path, with_end(bytes(content), length, start + 5))


def test_a_part_is_no_further_than_any_file_reaches(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in reversed(docx_parts().items()):
            file.writestr(name, content)
        file.getinfo(CONTENTS).header_offset = 2**63 - 1  # which no disk can be asked for

    assert refused(tmp_path, made.getvalue())


@pytest.mark.parametrize("length", [0, 1, 100, 2**20, 2**31, 2**32 - 1])
@pytest.mark.parametrize("start", [0, 1, 2**31, 2**32 - 1])
def test_an_end_that_leads_nowhere_is_refused(tmp_path: Path, length: int, start: int) -> None:
    with pytest.raises(WrongType):
        told(tmp_path, with_end(docx(), length, start))
