"""Files are kept by what they hold: whole or not at all, once, and readable by nobody else on the machine."""

import asyncio
import hashlib
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from fund_api.core import clock
from fund_api.core.errors import InvalidValue, TooLarge, WrongType
from fund_api.core.files import Files, Kept
from fund_api.core.media_types import MediaType
from tests.real_files import FILES, pdf

PDF = pdf()
DIGEST = hashlib.sha256(PDF).hexdigest()
LIMIT = 1_000_000


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "data" / "files", LIMIT)


async def chunks(content: bytes, length: int = 1_000) -> AsyncIterator[bytes]:
    for at in range(0, len(content), length):
        yield content[at : at + length]


def there(files: Files) -> list[str]:
    """Every file in the folder."""
    return sorted(path.relative_to(files.folder).as_posix() for path in files.folder.rglob("*") if path.is_file())


async def content_of(files: Files, digest: str) -> bytes:
    return b"".join([chunk async for chunk in files.stream(digest)])


@pytest.mark.parametrize("length", [1, 7, 1_000, LIMIT])
async def test_a_file_is_kept_under_its_digest_however_it_comes(files: Files, length: int) -> None:
    kept = await files.keep(chunks(PDF, length))

    assert kept == Kept(DIGEST, len(PDF), MediaType.PDF)
    assert there(files) == [f"{DIGEST[:2]}/{DIGEST}"]
    assert await content_of(files, DIGEST) == PDF
    assert await files.size(DIGEST) == len(PDF)


async def test_a_file_of_many_chunks_is_read_as_it_was_written(files: Files) -> None:
    text = b"".join(b"%d\n" % number for number in range(130_000))

    kept = await files.keep(chunks(text, 65_536))

    assert (kept.size, kept.media_type) == (len(text), MediaType.TEXT)
    assert [len(chunk) async for chunk in files.stream(kept.digest)][:3] == [2**18] * 3
    assert await content_of(files, kept.digest) == text


async def test_nobody_else_on_the_machine_can_read_a_file(files: Files) -> None:
    await files.keep(chunks(PDF))

    path = files.path(DIGEST)
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent, files.folder)]
    assert modes == [0o600, 0o700, 0o700]


async def test_every_type_keeps_its_own_type(files: Files) -> None:
    assert [(await files.keep(chunks(content))).media_type for content in FILES.values()] == list(FILES)
    assert len(there(files)) == len(FILES)


async def test_the_same_content_is_one_file_however_many_bring_it_at_once(files: Files) -> None:
    kept = await asyncio.gather(*(files.keep(chunks(PDF, 10 + number)) for number in range(20)))

    assert set(kept) == {Kept(DIGEST, len(PDF), MediaType.PDF)}
    assert there(files) == [f"{DIGEST[:2]}/{DIGEST}"]
    assert await content_of(files, DIGEST) == PDF


async def test_a_file_can_be_read_while_the_same_comes_again(files: Files) -> None:
    text = b"x" * 600_000
    digest = (await files.keep(chunks(text))).digest
    reading = files.stream(digest)
    first = await anext(reading)

    await files.keep(chunks(text))

    assert first + b"".join([chunk async for chunk in reading]) == text


async def test_a_file_that_is_too_large_is_refused_as_soon_as_it_is(files: Files) -> None:
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield b"x" * 100_000

    with pytest.raises(TooLarge) as refused:
        await files.keep(endless())

    assert str(refused.value) == "The file is larger than 1,000,000 bytes, the most that is taken."
    assert (asked, there(files)) == (11, [])
    assert (await files.keep(chunks(b"x" * LIMIT, 100_000))).size == LIMIT


async def test_an_empty_file_and_one_of_a_wrong_type_leave_nothing(files: Files) -> None:
    for content in (b"", b"\x7fELF" + bytes(300_000), b"<html>" * 100_000):
        with pytest.raises((InvalidValue, WrongType)):
            await files.keep(chunks(content))
        assert there(files) == []

    with pytest.raises(InvalidValue, match=r"^The file is empty\.$"):
        await files.keep(chunks(b""))


async def test_a_sender_who_goes_away_leaves_nothing(files: Files) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 300_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await files.keep(broken())
    assert there(files) == []


async def test_whoever_is_cancelled_leaves_nothing(files: Files) -> None:
    waiting = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x" * 300_000
        waiting.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(files.keep(slow()))
    await waiting.wait()
    assert [name.startswith("arriving-") for name in there(files)] == [True]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert there(files) == []


async def test_a_file_that_is_received_and_not_placed_is_gone(files: Files) -> None:
    async with files.received(chunks(PDF)) as file:
        assert file.kept == Kept(DIGEST, len(PDF), MediaType.PDF)
        assert file.path.read_bytes() == PDF

    assert there(files) == []


async def test_a_disk_that_refuses_the_name_leaves_nothing(files: Files) -> None:
    files.folder.mkdir(parents=True)
    (files.folder / DIGEST[:2]).write_text("in the way")

    with pytest.raises(OSError, match="exists"):
        await files.keep(chunks(PDF))
    assert there(files) == [DIGEST[:2]]


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "..",
        "../../etc/passwd",
        "a" * 63,
        "a" * 65,
        "A" * 64,
        "a" * 64 + "\n",
        "/" + "a" * 63,
        "\x00" * 64,
        "é" * 64,
    ],
)
async def test_no_path_is_made_of_what_is_no_digest(files: Files, digest: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        files.path(digest)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        await content_of(files, digest)


async def test_what_is_not_there_is_told(files: Files) -> None:
    with pytest.raises(FileNotFoundError):
        await files.size(DIGEST)
    with pytest.raises(FileNotFoundError):
        await content_of(files, DIGEST)


KILLED = """
import asyncio, os, pathlib, signal, sys
from fund_api.core.files import Files

async def chunks():
    yield sys.stdin.buffer.read()

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

pathlib.Path.replace = killed
asyncio.run(Files(pathlib.Path(sys.argv[1]), 1_000_000).keep(chunks()))
"""


async def test_a_process_killed_before_the_name_is_given_leaves_no_half_file(files: Files) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(files.folder), stdin=asyncio.subprocess.PIPE
    )
    await process.communicate(PDF)
    assert process.returncode == -signal.SIGKILL
    [left] = there(files)
    assert left.startswith("arriving-")

    now = clock.now()
    assert (await files.sweep(now), there(files)) == (0, [left])
    assert (await files.sweep(now + timedelta(hours=2)), there(files)) == (1, [])


async def test_what_is_kept_or_still_arrives_is_not_swept(files: Files) -> None:
    now = clock.now()
    assert await files.sweep(now) == 0
    await files.keep(chunks(PDF))
    long_ago = (now - timedelta(days=400)).timestamp()
    os.utime(files.path(DIGEST), (long_ago, long_ago))

    async with files.received(chunks(b"still here")) as file:
        os.utime(file.path, (now.timestamp() - 3_500,) * 2)
        assert await files.sweep(now) == 0
        os.utime(file.path, (now.timestamp() - 3_700,) * 2)
        assert await files.sweep(now) == 1

    assert there(files) == [f"{DIGEST[:2]}/{DIGEST}"]
