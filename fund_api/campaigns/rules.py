"""What holds for campaigns and their votes."""


def percent(stated: float | None, votes: int | None, other_votes: int | None) -> float | None:
    """The share of one side in percent: as the source states it, else of both totals, rounded to two decimals.

    Null when the source states none and either total is unknown, or nobody voted.
    """
    if stated is not None or votes is None or other_votes is None or votes + other_votes == 0:
        return stated
    return round(100 * votes / (votes + other_votes), 2)
