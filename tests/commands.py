"""Running the command line in the tests' own process."""

from collections.abc import Callable

Run = Callable[..., tuple[int, str, str]]
"""Runs `fund-api` with these words on a database of its own: its exit status, what it said, what it complained of."""
