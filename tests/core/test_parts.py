"""Which rows are parts of which: of what is fictional and what is real, never of each other."""

from fund_api.core.columns import wholes
from tests.structure import tables


def parts() -> dict[str, list[str]]:
    """By table, the columns that name what its rows are part of."""
    found: dict[str, list[str]] = {}
    for each in tables().sorted_tables:
        if named := wholes(each):
            found[each.name] = list(named)
    return found


def test_whatever_refers_to_a_community_or_a_campaign_is_a_part_of_it() -> None:
    named = parts()
    for each in tables().sorted_tables:
        for column in each.c:
            if any(
                key.column.table.name in ("community", "campaign", "grant", "person") for key in column.foreign_keys
            ):
                assert column.name in named[each.name], column


def test_what_the_library_holds_may_be_referred_to_by_what_is_no_part_of_it() -> None:
    named = parts()
    shared = {
        f"{each.name}.{column.name}"
        for each in tables().sorted_tables
        for column in each.c
        if column.foreign_keys and column.name not in named.get(each.name, [])
    }
    assert shared == SHARED


SHARED = {
    "audience_tag.state_code",
    "campaign_resource.resource_id",
    "hiring_practice_area.practice_area_id",
    "issue_resource.resource_id",
    "periodical.publisher_id",
    "periodical_issue.resource_id",
    "practice_area_tag.practice_area_id",
    "private_change.change_id",
    "program.resource_id",
    "program.state_code",
    "program_practice_area.practice_area_id",
    "program_session.state_code",
    "resource_author.author_id",
    "resource_view.resource_id",
    "revision.publisher_id",
    "scholarship.state_code",
    "section_pin.resource_id",
    "section_resource.resource_id",
    "section_resource.section_id",
    "series_part.resource_id",
    "topic.parent_id",
    "topic_resource.topic_id",
}
