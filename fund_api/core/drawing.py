"""Tables of moves as pages show them: a state diagram of Mermaid, and a table of Markdown."""

from collections.abc import Iterable, Sequence


def state_diagram(first: str, arrows: Sequence[tuple[str, str, str]], states: Iterable[str]) -> str:
    """A diagram of arrows (from, to, name) that begins in `first`, and ends in the states that no arrow leaves."""
    starts = {start for start, _, _ in arrows}
    lines = [
        f"[*] --> {first}",
        *(f"{start} --> {end}: {name.replace('_', ' ').lower()}" for start, end, name in arrows),
        *(f"{state} --> [*]" for state in states if state not in starts),
    ]
    return "\n    ".join(["stateDiagram-v2", *lines])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def code(words: Iterable[str]) -> str:
    """Names as the table of a page lists them."""
    return ", ".join(f"`{word}`" for word in words)
