"""The value at a rank, for SQLite, which has no such aggregate: exact, as PostgreSQL's percentile_disc."""


class NearestRank:
    """An aggregate: nearest_rank(value, 90) is the smallest known value that at least 90 of 100 do not exceed.

    It is the value of a row, never one between two, and null when none is known.
    """

    def __init__(self) -> None:
        self._values: list[int] = []
        self._percent = 100

    def step(self, value: int | None, percent: int) -> None:
        """Take the value of one row."""
        self._percent = percent
        if value is not None:
            self._values.append(value)

    def finalize(self) -> int | None:
        """The value at the rank: of whole numbers alone, as a product of fractions may miss its rank by one."""
        rank = -(-len(self._values) * self._percent // 100)
        return sorted(self._values)[rank - 1] if self._values else None
