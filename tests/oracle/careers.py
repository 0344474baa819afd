"""What the public sees of a world's programs and of its hiring support."""

from tests.oracle.repairs import Row

Rows = dict[str, list[Row]]
OF_PROGRAMS = ("program_session", "fellowship_cohort", "scholarship")
"""Tables whose rows are seen with their program."""


def seen_of_careers(rows: Rows) -> Rows:
    """Programs are seen once they are published; of fellows, that a community hosts one, once it is agreed."""
    found = {"program": [row for row in rows["program"] if row["published_at"] is not None]}
    published = {row["id"] for row in found["program"]}
    found |= {name: [row for row in rows[name] if row["program_id"] in published] for name in OF_PROGRAMS}
    cohorts = {row["id"] for row in found["fellowship_cohort"]}
    found["fellow_placement"] = [
        row
        for row in rows["fellow_placement"]
        if row["cohort_id"] in cohorts and row["state"] not in {"PROPOSED", "WITHDRAWN"}
    ]
    found["student_chapter"] = [row for row in rows["student_chapter"] if row["active"]]
    return found


def seen_of_hiring(rows: Rows) -> Rows:
    """Advisors are seen while they advise, and appointments once they are published."""
    return {
        "senior_advisor": [row for row in rows["senior_advisor"] if row["active"]],
        "manager_placement": [row for row in rows["manager_placement"] if row["published_at"] is not None],
    }
