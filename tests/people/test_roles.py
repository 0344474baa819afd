"""What a role gives somebody who has it in some campaigns or programs alone."""

import pytest

from fund_api.people.roles import PERMISSIONS, Role, permissions_of


@pytest.mark.parametrize("role", Role)
def test_a_role_in_a_campaign_alone_gives_nothing_for_hiring_support_and_careers(role: Role) -> None:
    there = permissions_of(set(), {role})

    assert {permission for permission in there if permission.split(":")[1] in ("hiring", "career")} == set()
    assert {permission for permission in there if permission.startswith("fund:")} == set()


def test_an_advisor_everywhere_may_advise_and_one_in_a_campaign_may_read_that() -> None:
    assert permissions_of({Role.ADVISOR}, set()) == PERMISSIONS[Role.ADVISOR]
    assert permissions_of(set(), {Role.ADVISOR}) == {"own:campaign:read"}


def test_a_hiring_officer_in_a_campaign_sees_that_and_its_log_and_works_on_no_request() -> None:
    assert permissions_of(set(), {Role.HIRING_OFFICER}) == {"own:campaign:read", "own:event:read"}
