"""The one table that no slice owns: which files were loaded."""

import datetime

from fund_api.core import columns


class LoadedFile(columns.Table, table=True):
    """A file that was loaded, known by what it holds; its row is written in the transaction that loads it."""

    __tablename__ = "loaded_file"

    digest: str = columns.key(64)
    name: str = columns.text(255)
    kind: str = columns.text(50)
    rows: int = columns.integer(0, 2**53)
    loaded_at: datetime.datetime = columns.time()
