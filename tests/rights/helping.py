"""What the table says of hiring support and careers: whose a row is, and what it is called."""

from tests.rights.rows import Row

Known = dict[str, dict[str, Row]]
"""Every row by the name of its entity and by its id."""
OF_REQUESTS = ("HiringRequest", "Assignment", "ManagerPlacement", "FollowUp")
OF_ADVISORS = ("AdvisorConflict", "AdvisorActivity")
LOGGED = (
    *("hiring_request", "assignment", "manager_placement", "follow_up"),
    *("senior_advisor", "advisor_conflict", "advisor_activity"),
)
"""Of what the log tells those alone who may read of hiring, beside the people of a campaign that it belongs to."""
CONFIDENTIAL = ("hiring_request", "manager_placement", "follow_up", "advisor_conflict", "advisor_activity")
"""Of what it tells the private values to hiring officers and advisors alone."""
OF_PROGRAMS = ("Program", "Session", "FellowshipCohort", "Scholarship")


def request_of(known: Known, entity: str, row: Row) -> Row | None:
    """The request for hiring support that a row is, or is seen with."""
    if entity == "FollowUp":
        row = known["ManagerPlacement"][row["placement_id"]]
    if entity not in OF_REQUESTS:
        return None
    return row if entity == "HiringRequest" else known["HiringRequest"][row["hiring_request_id"]]


def adviser_of(known: Known, entity: str, row: Row) -> str:
    """The person of the advisor whose a row is."""
    if entity == "AdvisorActivity":
        row = known["Assignment"][row["assignment_id"]]
    advisor = row if entity == "SeniorAdvisor" else known["SeniorAdvisor"][row["advisor_id"]]
    return str(advisor["person_id"])


def part_in(known: Known, request: Row, person: str | None) -> str:
    """What a person has to do with a request."""
    if person is not None and request["person_id"] == person:
        return "asked"
    open_now = [
        one
        for one in known["Assignment"].values()
        if one["hiring_request_id"] == request["id"] and one["state"] == "OPEN"
    ]
    return "advised" if any(adviser_of(known, "Assignment", one) == person for one in open_now) else "neither"


def which(known: Known, entity: str, row: Row, person: str | None) -> str | None:
    """What the table calls a row, for somebody who looks; None for those of other slices."""
    if entity == "ManagerPlacement" and row["published_at"]:
        return "published"
    if request := request_of(known, entity, row):
        return part_in(known, request, person)
    if entity == "SeniorAdvisor" and not row["active"]:
        return whose(known, entity, row, person)
    if entity in ("SeniorAdvisor", "StudentChapter"):
        return "active" if row["active"] else "not active"
    if entity in OF_PROGRAMS:
        return "published" if _is_published(known, entity, row) else "draft"
    if entity == "FellowPlacement":
        cohort = known["FellowshipCohort"][row["cohort_id"]]
        told = row["state"] not in ("PROPOSED", "WITHDRAWN") and _is_published(known, "FellowshipCohort", cohort)
        return "agreed" if told else "not agreed"
    return whose(known, entity, row, person) if entity in OF_ADVISORS else None


def kind(known: Known, entity: str, row: Row, person: str | None) -> str | None:
    """What the table tells apart among rows that are seen, for their fields."""
    if entity in (*OF_ADVISORS, "SeniorAdvisor"):
        return whose(known, entity, row, person)
    return which(known, entity, row, person) if entity in OF_REQUESTS else None


def whose(known: Known, entity: str, row: Row, person: str | None) -> str:
    """Whether something of an advisor is who looks, or theirs."""
    return "oneself" if adviser_of(known, entity, row) == person else "somebody else"


def is_confidential(known: Known, private: Row) -> bool:
    """Whether a private change tells what is for hiring officers and advisors."""
    event = known["Event"][known["EventChange"][private["change_id"]]["event_id"]]
    return event["action"].partition(".")[0] in CONFIDENTIAL


def _is_published(known: Known, entity: str, row: Row) -> bool:
    program = row if entity == "Program" else known["Program"][row["program_id"]]
    return program["published_at"] is not None
