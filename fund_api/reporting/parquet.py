"""Parquet, by pyarrow: typed columns, in row groups that memory has room for, compressed by zstd.

Values are written plainly, without dictionaries: those of ids take memory and save nothing, and where a column says the
same again and again, zstd finds it.
"""

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fund_api.graph.pulls import Rows
from fund_api.graph.tabular import Kind
from fund_api.reporting.cells import Cells, cells
from fund_api.reporting.forms import About

GROUP_ROWS = 10_000
"""Rows of a row group, at most."""
GROUP_BYTES = 4_000_000
"""Bytes of one, about, before they are compressed."""
DOCUMENT = "fund.document"
EVENT = "fund.event"
"""Metadata of the file: the name of its document, and the number of the last event that its snapshot saw."""
pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps more than it needs: 3 MB of a pull
_TYPES: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DECIMAL: pa.decimal128(18, 2),  # an amount of money, as its column holds it
    Kind.DATE: pa.date32(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.JSON: pa.string(),
}


class Parquet:
    """Writes one Parquet file."""

    def __init__(self, about: About) -> None:
        self._columns = about.columns
        fields = [pa.field(column.name, _TYPES[column.kind]) for column in about.columns]
        self._schema = pa.schema(fields, metadata={DOCUMENT: about.name, EVENT: str(about.number)})
        self._sink = _Sink()
        file = pa.PythonFile(self._sink, mode="w")
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd", use_dictionary=False)
        self._batches: list[pa.RecordBatch] = []
        self._held = 0

    def begin(self) -> bytes:
        """The mark of the format."""
        return self._sink.take()

    def rows(self, rows: Rows) -> bytes:
        """The row groups that are full; the rest is held."""
        found = zip(cells(rows, self._columns), self._schema, strict=True)
        batch = pa.record_batch([_array(values, field.type) for values, field in found], schema=self._schema)
        self._batches.append(batch)
        self._held += batch.num_rows
        if self._held >= GROUP_ROWS or sum(each.nbytes for each in self._batches) >= GROUP_BYTES:
            self._write()
        return self._sink.take()

    def end(self) -> bytes:
        """The last row group, and what says where all are."""
        if self._held:
            self._write()
        self._writer.close()
        return self._sink.take()

    def _write(self) -> None:
        table = pa.Table.from_batches(self._batches, self._schema)
        self._batches, self._held = [], 0
        self._writer.write_table(table, row_group_size=GROUP_ROWS)


def _array(values: Cells, into: pa.DataType) -> "pa.Array[Any]":
    """A column of one type; what JSON and SQLite have as a text is read by Arrow."""
    if not pa.types.is_string(into) and isinstance(next((each for each in values if each is not None), None), str):
        return pa.array(values, type=pa.string()).cast(into)
    return pa.array(values, type=into)


class _Sink(io.RawIOBase):
    """A file that only grows, and whose bytes are taken from it."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, part: Any) -> int:  # Any: whatever has a buffer
        """Keep a part."""
        taken = bytes(part)
        self._parts.append(taken)
        return len(taken)

    def take(self) -> bytes:
        """What was written since."""
        taken, self._parts = b"".join(self._parts), []
        return taken
