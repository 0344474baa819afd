"""The command that exports: fund-api export. What it tells is on standard error, so that rows may go to a pipe."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

import schema
from fund_api.core import settings
from fund_api.core.errors import Failure
from fund_api.core.text import several
from fund_api.edge.manifests import hash_in
from fund_api.exporting import everything, increments, local
from fund_api.exporting.feed import JOINT, TOLD
from fund_api.exporting.pipes import NoReader, Pipe, standard_output
from fund_api.exporting.progress import telling
from fund_api.exporting.running import Interrupted, Order, Target, export, resumable
from fund_api.exporting.sources import Source
from fund_api.reporting import questions, standard_documents
from fund_api.reporting.cursors import distinct
from fund_api.reporting.following import Followed, follow
from fund_api.reporting.forms import FormKind
from fund_api.reporting.part_files import PartFile, write_whole
from fund_api.reporting.questions import Asked, Question, Values
from schema import manifest
from schema.manifest import PREFIX

TOKEN = "FUND_TOKEN"  # noqa: S105  # the name of a variable
INTERRUPTED = 130
"""The exit status of what was interrupted, as shells write it."""
PIPE = "-"
CURSOR = ".cursor"
"""What the name of a file ends with that holds the cursor for the next time."""
Following = tuple[Followed, str]
"""How rows are followed, and since which cursor."""


Document = Annotated[
    str | None,
    typer.Argument(
        metavar="DOC",
        help="The document: a file, the name of an operation that ships, or a documentId.",
        show_default=False,
    ),
]
Form = Annotated[
    FormKind | None,
    typer.Option("--format", help="Left out, as the output's name ends, else JSON Lines.", show_default=False),
]
Output = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="The file; - is standard output. Left out: the operation's name.", show_default=False
    ),
]
Variables = Annotated[str, typer.Option(metavar="JSON", help="The document's variables.")]
Server = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="The address of a server; left out, the database of FUND_DATABASE_URL is read.",
        show_default=False,
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        help="A file with your API token; left out, FUND_TOKEN; without any, you get what everybody may see.",
        show_default=False,
    ),
]
Anew = Annotated[
    bool, typer.Option("--anew", help="Begin again where an export that was stopped could be gone on with.")
]
All = Annotated[
    Path | None,
    typer.Option(
        "--all", metavar="DIR", help="Export every entity, with a manifest that is verified.", show_default=False
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="CURSOR",
        help="Only what changed since an export that told this cursor, and what is gone.",
        show_default=False,
    ),
]
Verify = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Read such a folder again and compare it with its manifest.", show_default=False),
]


def export_document(  # noqa: PLR0917  # a command's options; typer passes them by name
    document: Document = None,
    form: Form = None,
    output: Output = None,
    variables: Variables = "{}",
    server: Server = None,
    token_file: TokenFile = None,
    anew: Anew = False,
    all_into: All = None,
    verify: Verify = None,
    since: Since = None,
) -> None:
    """Export every row of a document's list, or everything, as JSON Lines, CSV or Parquet.

    A file has its name only when it is whole. Until then it is FILE.part, and the same command goes on with it.
    """
    if sum(each is not None for each in (document, all_into, verify)) != 1:
        raise Failure("Say what is exported: a document, or --all with a folder, or --verify with one.")
    if since is not None and document is None:
        raise Failure("--since goes with a document: a folder with everything is exported anew.")
    try:
        if verify is not None:
            _verify(verify)
        elif all_into is not None:
            asyncio.run(_everything(all_into, form or FormKind.JSONL, server, token_file, anew=anew))
        else:
            question = _question(str(document), _values(variables))
            following = None if since is None else _following(question, since)
            asyncio.run(_export(question, form, output, server, token_file, following=following, anew=anew))
    except Interrupted as stopped:
        typer.echo(str(stopped), err=True)
        raise typer.Exit(INTERRUPTED) from None
    except NoReader:
        raise typer.Exit(1) from None


async def _export(
    question: Question,
    form: FormKind | None,
    output: str | None,
    server: str | None,
    token_file: Path | None,
    *,
    following: Following | None,
    anew: bool,
) -> None:
    kind = form or _ending(output)
    async with _source(server, token_file) as source:
        tells = telling()
        order = Order(source, question, kind, tells)
        name = f"{question.name}.{kind}" if following is None else f"{question.name}.changes.{kind}"
        with tells.shown():
            if output == PIPE:
                cursor = await _written(order, following, Pipe(standard_output()))
            else:
                cursor = await _filed(order, following, Path(output or name), anew=anew)
            if cursor:
                tells.say(f"Next time: --since {cursor}")


async def _filed(order: Order, following: Following | None, target: Path, *, anew: bool) -> str:
    """Write a file, and the cursor for the next time beside it; that cursor."""
    with PartFile(target, order.belongs, anew=anew or following is not None) as part, resumable(part):
        beside = target.with_name(target.name + CURSOR)
        if part.resumed:
            order.telling.say(f"Going on after {several(part.kept.rows, 'row')} of {part.part}.")
        cursor = await _written(order, following, part)
        beside.unlink(missing_ok=True)  # that of an older file would be wrong
        part.finish()
    if cursor:
        write_whole(beside, cursor.encode() + b"\n")
    return cursor


async def _written(order: Order, following: Following | None, target: Target) -> str:
    """Write every row, or what changed; the cursor for the next time."""
    if following is not None:
        return await increments.increment(order, *following, target)
    await export(order, target)
    return JOINT.join(distinct(target.kept.cursors))


def _following(question: Question, since: str) -> Following:
    """How the rows of a question are followed. Raises Failure."""
    return follow(schema.make_catalogue(), question, TOLD), since.strip()


async def _everything(folder: Path, kind: FormKind, server: str | None, token_file: Path | None, *, anew: bool) -> None:
    documents = standard_documents.documents(schema.make_catalogue())
    async with _source(server, token_file) as source:
        tells = telling()
        with tells.shown():
            written = await everything.everything(source, documents, folder, kind, tells, anew=anew)
            rows = sum(each.tally.rows for each in written)
            tells.say(f"{_files(len(written), rows)} are in {folder}, and agree with {everything.MANIFEST}.")


def _verify(folder: Path) -> None:
    files = everything.verify(folder)["files"]
    rows = sum(each["rows"] for each in files)
    typer.echo(f"{_files(len(files), rows)} agree with {folder / everything.MANIFEST}.", err=True)


@asynccontextmanager
async def _source(server: str | None, token_file: Path | None) -> AsyncIterator[Source]:
    token = _token(token_file)
    if server is None:
        async with local.opened(settings.given(), token) as here:
            yield here
    else:
        from fund_api.exporting import remote  # noqa: PLC0415  # httpx's 3 MB, which servers do without

        async with remote.opened(server, token) as there:
            yield there


def _question(given: str, values: Values) -> Question:
    """What a document asks that is given by its file, its name or its identifier."""
    path = Path(given)
    if path.is_file():
        return questions.read(_text(path), values)
    known = manifest.named().get(given, given)
    if known in manifest.packaged():
        return questions.read(manifest.packaged()[known], values, known)
    known_hash = hash_in(given)
    if known_hash is None:
        names = ", ".join(sorted(manifest.named()))
        raise Failure(f"{given} is no file, no documentId, and none of the operations that ship: {names}.")
    return Question(Asked(None, values, PREFIX + known_hash), "export")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path} can't be read: {error}") from None


def _values(given: str) -> dict[str, Any]:  # Any: what JSON holds
    try:
        found = json.loads(given)
    except ValueError as error:
        raise Failure(f"The variables are no JSON: {error}.") from None
    if not isinstance(found, dict):
        raise Failure("The variables are an object of JSON.")
    return found


def _token(file: Path | None) -> str | None:
    """The token of the file, or of the environment."""
    token = os.environ.get(TOKEN, "").strip() if file is None else _text(file).strip()
    if file is not None and not token:
        raise Failure(f"{file} holds no token.")
    if not token.isascii() or not token.isprintable():
        raise Failure("The token is none: it is one line of letters, digits and _.")
    return token or None


def _ending(output: str | None) -> FormKind:
    """The form that a file's name says."""
    ending = Path(output or "").suffix.removeprefix(".")
    return FormKind(ending) if ending in set(FormKind) else FormKind.JSONL


def _files(number: int, rows: int) -> str:
    return f"{number} files with {several(rows, 'row')}"
