"""Following whole pages, and writing their answers anew, so that an author reads answers instead of typing them.

`FUND_WRITE_PAGES=1` makes the tests that follow pages write what they found into them: `make pages`.
"""

import json
import os
from pathlib import Path
from typing import Any

from tests.documents import Command, Query, steps
from tests.following import Reader

WRITES = os.environ.get("FUND_WRITE_PAGES") == "1"
"""Whether pages are written instead of compared."""
_WIDTH = 120


def follow(reader: Reader, path: Path) -> list[Any]:
    """Take every step of a page; what was answered, in its order. Any: JSON, or the lines that a command printed."""
    answers, changed = [], {}
    for step in steps(path):
        found, said = reader.follow(step)
        if WRITES and found != said:
            written = step.output if isinstance(step, Command) else step.answer
            changed[step.line] = step, reader.named(written, found)
        else:
            assert found == said, f"{path.name}:{step.line}"
        answers.append(found)
    if changed:
        rewrite(path, changed)
    return answers


def laid_out(answer: Any, indent: int = 0, lead: int = 0, opened: int = 2) -> str:
    """JSON as the pages have it: the two outer levels in lines of their own, then whatever fits into one line."""
    line = json.dumps(answer, ensure_ascii=False)
    if not isinstance(answer, dict | list) or not answer or (opened <= 0 and indent + lead + len(line) < _WIDTH):
        return line
    inner, opened = " " * (indent + 2), opened - 1
    if isinstance(answer, list):
        parts = [inner + laid_out(value, indent + 2, 0, opened) for value in answer]
    else:
        keys = {key: f"{json.dumps(key)}: " for key in answer}
        parts = [inner + lead + laid_out(answer[key], indent + 2, len(lead), opened) for key, lead in keys.items()]
    opening, closing = "[]" if isinstance(answer, list) else "{}"
    return opening + "\n" + ",\n".join(parts) + "\n" + " " * indent + closing


def rewrite(path: Path, found: dict[int, tuple[Query | Command, Any]]) -> None:
    """Put what was found in the place of what the page says; steps are keyed by their line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for _, (step, answer) in sorted(found.items(), reverse=True):  # from the end, so that lines before stay in place
        if isinstance(step, Command):
            start = step.line + step.command.count("\n")
            lines[start : start + len(step.output)] = answer
        else:
            end = lines.index("```", step.answered_at)
            lines[step.answered_at : end] = laid_out(answer).splitlines()
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
