"""Programs of the world: one that is published and one that is not, with all that belongs to them."""

from fund_api.careers.fellowship_tables import (
    FellowPlacement,
    FellowshipCohort,
    FellowState,
    Scholarship,
    StudentChapter,
)
from fund_api.careers.tables import Program, ProgramPracticeArea, ProgramSession
from tests.rights.rows import DAY, NOW, Rows

CAREER_LINKS = (ProgramPracticeArea,)


def add_careers(rows: Rows, community: str, area: str, resource: str) -> None:
    """Everything twice, and a fellow in every state."""
    for published in (NOW, None):
        program = rows.add(Program, published_at=published, state_code="CA", resource_id=resource)
        rows.add(ProgramPracticeArea, program_id=program, practice_area_id=area)
        hours = {"starts_at": NOW, "ends_at": NOW + DAY / 24}
        rows.add(ProgramSession, program_id=program, state_code="CA", **hours)
        rows.add(Scholarship, program_id=program, state_code="CA")
        cohort = rows.add(FellowshipCohort, program_id=program, seats=len(FellowState))
        for state in FellowState:
            rows.add(FellowPlacement, cohort_id=cohort, community_id=community, state=state)
        rows.add(StudentChapter, community_id=community, state_code="CA", active=published is not None)
