"""The life of a request for hiring support in plain Python, written without looking at the table of moves."""

from dataclasses import dataclass, field

BEFORE = ("RECEIVED", "TRIAGED")
LINE = (
    *("ADVISOR_MATCHED", "POSITION_CREATION", "PROFILE_DRAFTED", "RECRUITING", "FINALISTS", "OFFER", "APPOINTED"),
    "FOLLOW_UP",
)
SEARCHING = LINE[1:6]
STAGES = (*BEFORE, *LINE, "ON_HOLD", "CLOSED", "DECLINED")
STEPS = {
    "POSITION_CREATION": {"TRIAGED", "ADVISOR_MATCHED"},
    "PROFILE_DRAFTED": {"TRIAGED", "ADVISOR_MATCHED", "POSITION_CREATION"},
    "RECRUITING": {"PROFILE_DRAFTED", "FINALISTS", "OFFER"},
    "FINALISTS": {"RECRUITING", "OFFER"},
    "OFFER": {"FINALISTS"},
    "FOLLOW_UP": {"APPOINTED"},
    "ON_HOLD": {*BEFORE, "ADVISOR_MATCHED", *SEARCHING},
    "DECLINED": {*BEFORE},
}
"""From where a request is simply moved to a stage."""


@dataclass
class Request:
    """Where one request stands."""

    stage: str = "RECEIVED"
    held: str | None = None
    reason: str | None = None
    advised: bool = False
    hired: bool = False
    published: bool = False
    followed_up: set[int] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        return self.stage not in ("CLOSED", "DECLINED")

    def triage(self) -> bool:
        """Whether it could be done, as all of these say."""
        return self._go("TRIAGED", self.stage == "RECEIVED")

    def move(self, to: str, reason: str | None) -> bool:
        if self.stage == "ON_HOLD":
            if to != self.held:
                return False
            self.stage, self.held, self.reason = to, None, reason
            return True
        if self.stage not in STEPS.get(to, ()) or (to in ("ON_HOLD", "DECLINED") and reason is None):
            return False
        self.held = self.stage if to == "ON_HOLD" else None
        return self._go(to, True, reason)

    def match(self, somebody_is_free: bool) -> bool:
        if self.advised or not somebody_is_free or self.stage not in ("TRIAGED", *SEARCHING):
            return False
        self.advised = True
        self.stage = "ADVISOR_MATCHED" if self.stage == "TRIAGED" else self.stage
        return True

    def withdraw(self) -> bool:
        if not self.advised:
            return False
        self.advised = False
        self.stage = "TRIAGED" if self.stage == "ADVISOR_MATCHED" else self.stage
        self.held = "TRIAGED" if self.held == "ADVISOR_MATCHED" else self.held
        return True

    def appoint(self) -> bool:
        if not self._go("APPOINTED", self.stage == "OFFER"):
            return False
        self.hired = True
        return True

    def follow_up(self, number: int) -> bool:
        if self.stage != "FOLLOW_UP" or number in self.followed_up:
            return False
        self.followed_up.add(number)
        return True

    def publish(self) -> bool:
        if not self.hired or self.published:
            return False
        self.published = True
        return True

    def close(self, reason: str) -> bool:
        if not self._go("CLOSED", self.is_open, reason):
            return False
        self.held, self.advised = None, False
        return True

    def _go(self, to: str, allowed: bool, reason: str | None = None) -> bool:
        if allowed:
            self.stage, self.reason = to, reason
        return allowed
