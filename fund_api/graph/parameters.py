"""The parameters of a statement: each has the source of its value, and with its text comes what binds them all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect as Compiler

from fund_api.core.columns import Text, UtcDateTime
from fund_api.graph.arguments import Reader, Scalar
from fund_api.graph.cursors import Key, decode
from fund_api.graph.dependence import ANY_MOMENT, Dependence
from fund_api.graph.rights import NOW, VIEWER

GIVEN = {"parents": "parents", VIEWER: VIEWER}
"""Parameters that come when a statement runs: the keys of a level's parents, on SQLite, and the viewer's id."""
_PARAMETERS = f"v, parents, {VIEWER}, {NOW}"
Places = list[sa.ColumnElement[Any] | None]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with `bind`, the source of the function that makes its parameters."""

    text: str
    bind: str


@dataclass(slots=True)
class Parameters:
    """Collects what a statement asks for while it is made; when it is compiled, parameters start anew."""

    reader: Reader
    parameters: dict[str, str] = field(default_factory=dict, init=False)
    """Their sources by name."""
    cursors: dict[str, str] = field(default_factory=dict, init=False)
    """Cursors of the request by the name of their decoded values, as source."""
    dependence: Dependence = field(default_factory=Dependence, init=False)
    """What the statements so far follow beside the rows."""
    compiler: Compiler = field(init=False)

    def encoded(self, expression: str, kind: sa.types.TypeEngine[Any]) -> str:
        """The source of a value as the driver takes it."""
        raise NotImplementedError

    def bind(self, value: Scalar, kind: sa.types.TypeEngine[Any]) -> sa.BindParameter[Any]:
        """A parameter with the value of a scalar."""
        return self._parameter(self.encoded(self._checked(value.expression, kind), kind), kind)

    def ago(self, days: int) -> sa.BindParameter[Any]:
        """A parameter with the time that lies so many days of 24 hours before the operation began."""
        kind = UtcDateTime()
        self.dependence.moments |= {ANY_MOMENT}
        return self._parameter(self.encoded(f"ago({NOW}, {days})", kind), kind)

    @staticmethod
    def _checked(expression: str, kind: sa.types.TypeEngine[Any]) -> str:
        if isinstance(kind, UtcDateTime):
            return f"moment({expression})"
        return f"text({expression})" if isinstance(kind, Text) else expression

    @staticmethod
    def _checked_list(values: Scalar, kind: sa.types.TypeEngine[Any]) -> str:
        return f"{'moments' if isinstance(kind, UtcDateTime) else 'listed'}({values.expression})"

    def _parameter(self, expression: str, kind: sa.types.TypeEngine[Any]) -> sa.BindParameter[Any]:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = expression
        return sa.bindparam(name, type_=kind)

    def _places(self, cursor: Scalar, keys: Sequence[Key]) -> Places:
        """The values in a cursor as parameters, None where one is null."""
        name = f"x{len(self.cursors)}"
        self.cursors[name] = f"decode({cursor.expression}, {self.reader.constant(tuple(keys))})"
        return [
            None if value is None else self._parameter(self.encoded(f"{name}[{i}]", key.kind), key.kind)
            for i, (key, value) in enumerate(zip(keys, decode(cursor.value, keys), strict=True))
        ]

    def statement(self, select: sa.Select[Any]) -> Statement:
        """The compiled text, and the source of the function that makes its parameters; parameters start anew."""
        compiled = select.compile(dialect=self.compiler)
        names: Sequence[str] = getattr(compiled, "positiontup", None) or ()
        self._note(select, str(compiled), frozenset(names))
        fixed = {name: value for name, value in compiled.params.items() if name not in self.parameters}
        sources = self.parameters | {name: self.reader.constant(value) for name, value in fixed.items()} | GIVEN
        sources[NOW] = self.encoded(NOW, UtcDateTime())
        values = "".join(f"{sources[name]}, " for name in names)
        lines = [f"    {name} = {source}" for name, source in self.cursors.items()]
        # a condition that can't hold takes others out of the statement with it; what they ask for is checked anyway
        lines += [f"    {source}" for name, source in self.parameters.items() if name not in names]
        bind = "\n".join([f"def bind({_PARAMETERS}):", *lines, f"    return ({values})"])
        self.parameters, self.cursors = {}, {}
        return Statement(str(compiled), bind)

    def _note(self, select: sa.Select[Any], text: str, bound: frozenset[str]) -> None:
        """Note what a statement follows beside the rows."""
        self.dependence.viewer = self.dependence.viewer or VIEWER in bound
        self.dependence.note(select, text, bound, NOW)
