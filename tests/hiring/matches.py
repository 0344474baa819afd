"""Requests and advisors in plain Python: whom a match takes, which acts are refused, and what a conflict ends."""

from dataclasses import dataclass, field
from datetime import datetime

TRIAGED, MATCHED, HELD, CLOSED = "TRIAGED", "ADVISOR_MATCHED", "ON_HOLD", "CLOSED"
CREATING, DRAFTED, RECRUITING = "POSITION_CREATION", "PROFILE_DRAFTED", "RECRUITING"
MOVES = {
    TRIAGED: (CREATING, HELD, DRAFTED),
    MATCHED: (HELD, CREATING, DRAFTED),
    CREATING: (DRAFTED, HELD),
    DRAFTED: (HELD, RECRUITING),
    RECRUITING: (HELD,),
    CLOSED: (),
}
"""Where a request goes by moveRequest, of the stages that are walked here; from ON_HOLD it is where it was held."""


@dataclass
class Advisor:
    """What a model knows of an advisor; all of them cover the state."""

    name: str
    capacity: int
    active: bool = True
    last: datetime | None = None
    """When an assignment of theirs last began or ended."""
    conflicts: set[int] = field(default_factory=set)


@dataclass
class Request:
    """What a model knows of a request."""

    community: int
    stage: str = TRIAGED
    held: str | None = None
    advisor: int | None = None


@dataclass
class Model:
    """Advisors and requests in plain Python; what acts return is whether they are done."""

    advisors: list[Advisor]
    requests: list[Request]

    def open(self, advisor: int) -> int:
        return sum(one.advisor == advisor for one in self.requests)

    def proposed(self, request: Request) -> list[int]:
        """Who can help, the first one first."""
        able = [
            number
            for number, one in enumerate(self.advisors)
            if one.active and self.open(number) < one.capacity and request.community not in one.conflicts
        ]
        return sorted(able, key=self.turn)

    def fitting(self, what: str) -> list[int]:
        """Requests with which something can be done."""
        wanted = {"match": (False,), "name": (False,), "withdraw": (True,), "complete": (True,)}.get(
            what, (False, True)
        )
        there = enumerate(self.requests)
        return [at for at, one in there if one.stage != CLOSED and (one.advisor is not None) in wanted]

    def turn(self, number: int) -> tuple[int, float, str]:
        one = self.advisors[number]
        return self.open(number), one.last.timestamp() if one.last else 0, one.name

    def match(self, request: Request, named: int | None, now: datetime) -> bool:
        able = self.proposed(request)
        taken = named if named is not None else next(iter(able), None)
        if request.stage not in (TRIAGED, CREATING, DRAFTED, RECRUITING) or request.advisor is not None:
            return False
        if taken not in able:
            return False
        request.advisor, self.advisors[taken].last = taken, now
        if request.stage == TRIAGED:
            request.stage = MATCHED
        return True

    def leave(self, request: Request, now: datetime) -> bool:
        if request.advisor is None:
            return False
        self.advisors[request.advisor].last = now
        request.advisor = None
        if request.stage == MATCHED:
            request.stage = TRIAGED
        if request.held == MATCHED:
            request.held = TRIAGED
        return True

    def declare(self, number: int, community: int, now: datetime) -> bool:
        advisor = self.advisors[number]
        if community in advisor.conflicts:
            return False
        advisor.conflicts.add(community)
        for request in self.requests:
            if request.advisor == number and request.community == community:
                self.leave(request, now)
        return True

    def set_capacity(self, number: int, capacity: int) -> bool:
        if capacity < self.open(number):
            return False
        self.advisors[number].capacity = capacity
        return True

    def turn_over(self, number: int) -> bool:
        """Who advises stops, who stopped begins again."""
        advisor = self.advisors[number]
        if advisor.active and self.open(number):
            return False
        advisor.active = not advisor.active
        return True

    def ways(self, request: Request) -> tuple[str, ...]:
        return (request.held,) if request.held else MOVES[request.stage]

    def move(self, request: Request, to: str) -> bool:
        if to not in self.ways(request):
            return False
        request.held = request.stage if to == HELD else None
        request.stage = to
        return True

    def close(self, request: Request, now: datetime) -> bool:
        if request.stage == CLOSED:
            return False
        if request.advisor is not None:
            self.advisors[request.advisor].last, request.advisor = now, None
        request.stage, request.held = CLOSED, None
        return True
