"""Following a page of the documentation step by step, as its reader would: commands of a shell, and queries by HTTP.

What differs from one reader to the next stands in a page as `$NAME`, which the first answer to have it sets, or as
`...`, which is anything without a blank.
"""

import re
import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal

from tests.commands import Run
from tests.documents import Command, Query

_NAME = re.compile(r"\$([A-Z][A-Z_]*)")
_VARIABLE = re.compile(r"\$([A-Z][A-Z_]*)|\.\.\.")
_ASSIGNED = re.compile(r"([A-Z_]+)=(\S*\.\.\.\S*)")
_CAPTURE = re.compile(r"([A-Z_]+)=\$\((.*)\)", re.DOTALL)
_LOOP = re.compile(r"for \w+ in \$\(seq (\d+)\); do (.*); done", re.DOTALL)
_HEADER = re.compile(r"%header\{([a-z-]+)\}")
_HOST = "http://127.0.0.1:8000"


@dataclass
class Reader:
    """Somebody who follows a page; `names` are the variables of their shell."""

    run: Run
    portal: BlockingPortal
    client: httpx.AsyncClient
    names: dict[str, str] = field(default_factory=dict)
    seen: str = ""
    """What was printed last, from which readers copy."""
    host: str = _HOST
    """Where the server listens; the pages say where it does by default."""
    minute: Callable[[], Awaitable[None]] | None = None
    """What the server does by itself once a minute, for those who read their notices."""

    def follow(self, step: Query | Command) -> tuple[Any, Any]:
        """Take a step: what it answered, and what the page says that it answers. Any: JSON, or lines."""
        if isinstance(step, Command):
            printed = self.printed(step.command).strip("\n").splitlines()
            said = "\n".join(step.output).strip("\n").splitlines()  # blank lines around are not seen in a page
            return printed, self.told(said, printed)
        if self.minute and "notices" in step.document:
            self.portal.call(self.minute)
        body = {"query": self.known(step.document), "variables": self.known(step.variables)}
        headers = {"authorization": f"Bearer {self.names[step.token]}"} if step.token else {}
        answer = self._send("POST", headers, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json(), self.told(step.answer, answer.json())

    def printed(self, command: str) -> str:
        """What a command prints. Raises ValueError for one that this shell does not know."""
        command = command.replace("\\\n", " ").strip()
        if match := _LOOP.fullmatch(command):
            return "".join(self.printed(match[2]) for _ in range(int(match[1])))
        if match := _ASSIGNED.fullmatch(command):
            [self.names[match[1]]] = re.findall(self._pattern(match[2]), self.seen)
            return ""
        if match := _CAPTURE.fullmatch(command):
            _, said, complained = self._fund_api(shlex.split(self.known(match[2])))
            self.names[match[1]] = said.strip()
            return complained
        words = shlex.split(self.known(command))
        if words[0] == "curl":
            return self._curl(words)
        _, said, complained = self._fund_api(["fund-api", "serve"] if words == ["make", "serve"] else words)
        self.seen = complained + said
        return self.seen

    def known(self, text: Any) -> Any:
        """Text, or JSON, with what its names stand for. Variables of GraphQL are no names: they begin in lower case."""
        if isinstance(text, dict):
            return {key: self.known(value) for key, value in text.items()}
        if isinstance(text, list):
            return [self.known(value) for value in text]
        return _NAME.sub(lambda match: self.names[match[1]], text) if isinstance(text, str) else text

    def told(self, said: Any, found: Any) -> Any:
        """What the page says, with what was found in the places that it leaves open; names are set by the first."""
        if isinstance(said, dict) and isinstance(found, dict):
            return {key: self.told(value, found.get(key)) for key, value in said.items()}
        if isinstance(said, list) and isinstance(found, list):
            return [self.told(value, found[at] if at < len(found) else None) for at, value in enumerate(said)]
        if not isinstance(said, str) or not isinstance(found, str):
            return said
        match = re.fullmatch(self._pattern(said), found)
        if match is None:
            return _NAME.sub(lambda name: self.names.get(name[1], name[0]), said)
        self.names |= match.groupdict()
        return found

    def named(self, said: Any, found: Any) -> Any:
        """What was found as a page would say it: what stays open stays so, and what has a name goes by it."""
        if isinstance(found, dict):
            return {key: self.named(said.get(key) if isinstance(said, dict) else None, found[key]) for key in found}
        if isinstance(found, list):
            known = said if isinstance(said, list) else []
            return [self.named(known[at] if at < len(known) else None, value) for at, value in enumerate(found)]
        if not isinstance(found, str):
            return found
        if isinstance(said, str) and re.fullmatch(self._pattern(said), found):
            return said
        for name, value in self.names.items():
            found = found.replace(value, f"${name}")
        return found

    def _pattern(self, said: str) -> str:
        found, at = "", 0
        for match in _VARIABLE.finditer(said):
            found += re.escape(said[at : match.start()])
            name, at = match[1], match.end()
            known = self.names.get(name or "")
            found += r"\S+" if name is None else f"(?P<{name}>\\S+)" if known is None else re.escape(known)
        return found + re.escape(said[at:])

    def _fund_api(self, words: list[str]) -> tuple[int, str, str]:
        if words[0] != "fund-api":
            raise ValueError(f"This shell does not know {words[0]}.")
        return self.run(*words[1:])

    def _curl(self, words: list[str]) -> str:
        """What curl prints, of the options that the pages have."""
        options: dict[str, list[str]] = {}
        rest, silent, path = iter(words[1:]), False, ""
        for word in rest:
            if word == "-s":
                silent = True
            elif word in ("-H", "-d", "-w", "-o"):
                options.setdefault(word, []).append(next(rest))
            elif word.startswith(_HOST):
                path = word.removeprefix(_HOST)
            else:
                raise ValueError(f"This curl does not know {word}.")
        assert silent, "curl without -s prints a progress meter"
        headers = dict(header.split(": ", 1) for header in options.get("-H", []))
        sent = {"content": "".join(options["-d"])} if "-d" in options else {}
        answer = self._send("POST" if sent else "GET", headers, path, **sent)
        end = "".join(options.get("-w", [])).replace("\\n", "\n").replace("%{http_code}", str(answer.status_code))
        body = answer.text if "-o" not in options else ""
        return body + _HEADER.sub(lambda match: answer.headers.get(match[1], ""), end)

    def _send(self, method: str, headers: dict[str, str], path: str = "/graphql", **body: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            return await self.client.request(method, self.host + path, headers=headers, **body)

        return self.portal.call(send)
