"""The table of rights, read: who every line names."""

from dataclasses import dataclass

from fund_api.people.roles import Role
from tests.rights.matrix import GRANT_MUTATIONS, MUTATIONS, RESTRICTED, ROWS, WORDS
from tests.rights.matrix_fields import FIELDS

THERE, IN_PROGRAM = " in their campaign", " in their program"
VIEWERS = ("PUBLIC", "PERSON", *Role, *(f"{role}{place}" for role in Role for place in (THERE, IN_PROGRAM)))
"""Everybody whom the table speaks of."""


@dataclass(frozen=True)
class Line:
    """Who is named, by where they have their role, and what others get. None: where it gives nothing."""

    everywhere: frozenset[str]
    there: frozenset[str] | None
    in_program: frozenset[str] | None
    others: str = ""
    status: str = ""
    """Where a grant stands on which it is done."""

    def holds(self, viewer: str, *, theirs: bool) -> bool:
        """Whether a viewer is named; `theirs`: it belongs to a campaign or program in which they have their role."""
        role, _, place = viewer.partition(" ")
        if not place:
            return viewer in self.everywhere
        named = self.there if f" {place}" == THERE else self.in_program
        return role in named if theirs and named is not None else "PERSON" in self.everywhere


def role_of(viewer: str) -> str:
    """The role that a viewer has, wherever it is."""
    return viewer.partition(" ")[0]


def is_limited(viewer: str) -> bool:
    """Whether somebody has their role in some campaigns or in a program alone."""
    return viewer.endswith((THERE, IN_PROGRAM))


def _cells(text: str) -> list[list[str]]:
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return lines[1:]


def who(cell: str) -> frozenset[str]:
    """Whom a cell names: roles, or words that stand for some."""
    words = {line.split()[0]: line.split()[1:] for line in WORDS.strip().splitlines()}
    words |= {"everybody": ["PUBLIC", "PERSON", *Role], "nobody": []} | {role: [role] for role in Role}
    return frozenset(name for word in cell.split() for name in words[word])


def _line(everywhere: str, there: str, in_program: str = "-", *, others: str = "", status: str = "") -> Line:
    there_too, in_program_too = (None if cell == "-" else who(cell) for cell in (there, in_program))
    return Line(who(everywhere), there_too, in_program_too, others, status)


def _mutation(everywhere: str, there: str, others: str, in_program: str = "-") -> Line:
    return _line(everywhere, there, in_program, others=others)


def _grant_mutation(status: str, *cells: str) -> Line:
    return _line(*cells, others=IF_SEEN, status=status)


IF_SEEN = "NotAllowed if they see it"
ROW_LINES = {(name, cells[1]): _line(*cells[2:]) for cells in _cells(ROWS) for name in cells[0].split()}
READABLE = {(cells[0], name) for cells in _cells(FIELDS) for name in cells[1].split()}
RESTRICTED_LINES = {
    (cells[0].split()[0], name, cells[1]): _line(*cells[2:])
    for cells in _cells(RESTRICTED)
    for name in cells[0].split()[1:]
}
MUTATION_LINES = {(name, cells[1]): _mutation(*cells[2:]) for cells in _cells(MUTATIONS) for name in cells[0].split()}
MUTATION_LINES |= {
    (name, which): _grant_mutation(*cells[1:])
    for cells in _cells(GRANT_MUTATIONS)
    for name in cells[0].split()
    for which in ("draft", "published")
}
