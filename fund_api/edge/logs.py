"""Logs of a server: lines on standard error, of ours and of the libraries alike.

Elsewhere than on a terminal each event is one line of JSON in ASCII, whatever it holds. On a terminal it is for people,
and nothing in it moves the cursor, changes colours or begins a line of its own, but the lines of a traceback.
"""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from fund_api.edge.redaction import redacted, told

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What a terminal obeys, or what shows a line as another one than it is."""
_NAME = "fund_api"


def configure() -> None:
    """Send the logs of this process to standard error, as its terminal, or whatever it is, takes them."""
    render: Processor = _for_people if sys.stderr.isatty() else _as_json
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _safe,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_Lines,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in [each for each in root.handlers if each.get_name() == _NAME]:
        root.removeHandler(handler)
    root.addHandler(_Forward())


class _Lines:
    """Writes a line at once; standard error is looked up each time, since it may have been put elsewhere."""

    def __init__(self, *_args: Any) -> None:
        """Take what structlog gives loggers, and need none of it."""

    def msg(self, line: str) -> None:
        """Write a line."""
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


class _Forward(logging.Handler):
    """Takes what libraries log, from warnings on."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.set_name(_NAME)

    def emit(self, record: logging.LogRecord) -> None:
        """Log a record as one of ours, by the name of its logger."""
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001  # a log must not fail on what it logs
            message = str(record.msg)
        more = {"exc_info": record.exc_info} if record.exc_info else {}
        structlog.get_logger().log(record.levelno, message, logger=record.name, **more)


def _safe(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event without what no log may hold; an exception as a text."""
    error = _exception(event.pop("exc_info", None))
    safe: EventDict = redacted(event)
    if error is not None:
        safe["exception"] = told(error)
    return safe


def _exception(given: Any) -> BaseException | None:  # Any: what structlog and logging take as exc_info
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _as_json(_logger: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> str:
    return json.dumps(event)  # in ASCII: all that a terminal or a reader of lines could obey is escaped


def _for_people(_logger: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> str:
    """Time, level, what happened, and the rest as name=value; a traceback below."""
    parts = [event.pop(name, "") for name in ("timestamp", "level", "event")]
    traceback = event.pop("exception", "")
    line = _harmless(" ".join([*map(str, parts), *(f"{name}={_shown(value)}" for name, value in event.items())]))
    lines = [f"    {_harmless(each)}" for each in traceback.split("\n")] if traceback else []
    return "\n".join([line, *lines])


def _shown(value: Any) -> str:  # Any: a value of a log line
    return value if isinstance(value, str) and value and " " not in value else json.dumps(value, ensure_ascii=False)


def _harmless(given: str) -> str:
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), given)
