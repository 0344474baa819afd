"""The life of a campaign: its moves, its outcome, and who is told what they may do."""

import pytest

from fund_api.campaigns import lifecycle, rules
from fund_api.campaigns.lifecycle import CampaignAction
from fund_api.campaigns.tables import Outcome, Stage
from fund_api.core.access import PUBLIC
from fund_api.core.database import Database
from fund_api.core.errors import InvalidTransition, InvalidValue, NotAllowed, VersionConflict
from fund_api.core.writing import writing
from tests.campaigns.acting import NOW, REPORTER, STAFF, TODAY, all_of, coordinator, stored
from tests.granting import Fund, day
from tests.rows import count

WAY = (
    ("INQUIRY", None, "EXPLORING"),
    ("EXPLORING", None, "ORGANIZING"),
    ("ORGANIZING", None, "QUALIFYING"),
    ("QUALIFYING", None, "ORGANIZING"),
    ("QUALIFYING", None, "ON_BALLOT"),
    ("QUALIFYING", "ADOPTED", "DECIDED"),
    ("ON_BALLOT", "REJECTED", "DECIDED"),
    ("ON_BALLOT", "CONTESTED", "DECIDED"),
    ("DECIDED", "ADOPTED", "TRANSITION"),
    ("DECIDED", "RETAINED", "CLOSED"),
    ("TRANSITION", "ABANDONED", "CLOSED"),
    ("INQUIRY", "DECLINED", "CLOSED"),
    ("ON_BALLOT", "WITHDRAWN", "CLOSED"),
    ("EXPLORING", "DETERRED", "CLOSED"),
)
NO_WAY = (
    ("INQUIRY", None, "ON_BALLOT", "A campaign in INQUIRY can't move to ON_BALLOT. Allowed is: EXPLORING."),
    ("EXPLORING", None, "INQUIRY", "A campaign in EXPLORING can't move to INQUIRY. Allowed is: ORGANIZING."),
    (
        "ON_BALLOT",
        None,
        "DECIDED",
        "To move from ON_BALLOT to DECIDED needs the recorded outcome to be one of"
        " ABANDONED, ADOPTED, CONTESTED, REJECTED, RETAINED; it is not recorded.",
    ),
    (
        "ON_BALLOT",
        "WITHDRAWN",
        "DECIDED",
        "To move from ON_BALLOT to DECIDED needs the recorded outcome to be one of"
        " ABANDONED, ADOPTED, CONTESTED, REJECTED, RETAINED; it is WITHDRAWN.",
    ),
    (
        "INQUIRY",
        "DECLINED",
        "EXPLORING",
        "To move from INQUIRY to EXPLORING needs that no outcome is recorded; it is DECLINED.",
    ),
    (
        "DECIDED",
        "REJECTED",
        "TRANSITION",
        "To move from DECIDED to TRANSITION needs the recorded outcome to be one of ABANDONED, ADOPTED; it is REJECTED.",
    ),
    ("CLOSED", "ADOPTED", "INQUIRY", "A campaign in CLOSED can't move to INQUIRY. Allowed is: nothing."),
)


async def campaign(database: Database, **values: object) -> str:
    fund = Fund()
    found = fund.campaign(fund.community("Saratoga Springs"), **values)  # type: ignore[arg-type]  # columns of any type
    await fund.save(database)
    return found


@pytest.mark.parametrize(("start", "outcome", "end"), WAY)
def test_a_campaign_moves_as_the_table_says(start: str, outcome: str | None, end: str) -> None:
    found = lifecycle.move(Stage(start), Outcome(outcome) if outcome else None, Stage(end))
    assert (found.start, found.end) == (start, end)


@pytest.mark.parametrize(("start", "outcome", "end", "message"), NO_WAY)
async def test_other_moves_are_refused_with_what_is_allowed(
    database: Database, start: str, outcome: str | None, end: str, message: str
) -> None:
    found = await campaign(database, stage=start, outcome=outcome)

    with pytest.raises(InvalidTransition) as refused:
        async with writing(database, STAFF, NOW) as tx:
            await rules.move_campaign(tx, found, Stage(end), expected_version=1)

    assert str(refused.value) == message
    assert await stored(database, "campaign", found, "stage", "version") == (start, 1)
    assert await count(database, "event") == 0


async def test_a_decision_is_recorded_and_then_moved_to(database: Database) -> None:
    found = await campaign(database, stage="ON_BALLOT")

    async with writing(database, STAFF, NOW) as tx:
        await rules.record_outcome(tx, found, Outcome.ADOPTED, expected_version=1)
        await rules.move_campaign(tx, found, Stage.DECIDED, expected_version=2)
        await rules.move_campaign(tx, found, Stage.TRANSITION, expected_version=3)

    assert await stored(database, "campaign", found, "stage", "outcome", "version") == ("TRANSITION", "ADOPTED", 4)
    assert await count(database, "event") == 3


async def test_an_outcome_that_does_not_fit_the_stage_is_refused(database: Database) -> None:
    found = await campaign(database, stage="INQUIRY")

    with pytest.raises(InvalidTransition) as refused:
        async with writing(database, STAFF, NOW) as tx:
            await rules.record_outcome(tx, found, Outcome.ADOPTED, expected_version=1)

    assert str(refused.value) == (
        "A campaign in INQUIRY can't have the outcome ADOPTED. Allowed is: DECLINED, DETERRED, WITHDRAWN."
    )
    assert refused.value.allowed == ("DECLINED", "DETERRED", "WITHDRAWN")
    assert await stored(database, "campaign", found, "outcome") == (None,)


async def test_an_outcome_is_taken_back_while_the_campaign_is_open(database: Database) -> None:
    found = await campaign(database, stage="ON_BALLOT", outcome="WITHDRAWN")

    async with writing(database, STAFF, NOW) as tx:
        await rules.record_outcome(tx, found, None, expected_version=1)

    assert await stored(database, "campaign", found, "outcome") == (None,)


async def test_who_read_an_older_version_moves_nothing(database: Database) -> None:
    found = await campaign(database, version=3)

    with pytest.raises(VersionConflict, match="at version 3, not 2"):
        async with writing(database, STAFF, NOW) as tx:
            await rules.move_campaign(tx, found, Stage.EXPLORING, expected_version=2)

    assert await stored(database, "campaign", found, "stage", "version") == ("INQUIRY", 3)


async def test_a_campaign_is_published_once_by_staff_alone(database: Database) -> None:
    fund = Fund()
    person = fund.person("Ada")
    found = fund.campaign(fund.community("Saratoga Springs"), published_at=None)
    fund.member(found, person)
    await fund.save(database)

    with pytest.raises(NotAllowed, match="fund:campaign:publish"):
        async with writing(database, coordinator(person), NOW) as tx:
            await rules.publish_campaign(tx, found, expected_version=1)
    assert await stored(database, "campaign", found, "published_at") == (None,)

    async with writing(database, STAFF, NOW) as tx:
        await rules.publish_campaign(tx, found, expected_version=1)
    assert await stored(database, "campaign", found, "published_at", "version") == (NOW, 2)

    with pytest.raises(InvalidTransition, match="published already"):
        async with writing(database, STAFF, NOW) as tx:
            await rules.publish_campaign(tx, found, expected_version=2)


def test_every_viewer_is_told_what_they_may_do_now() -> None:
    row = {"stage": "ON_BALLOT", "outcome": "ADOPTED", "published_at": None}
    member = coordinator("person_1")

    assert lifecycle.allowed(row, STAFF, belongs=False) == [
        CampaignAction.UPDATE,
        CampaignAction.PUBLISH,
        CampaignAction.RECORD_OUTCOME,
        CampaignAction.MOVE_TO_DECIDED,
    ]
    assert lifecycle.allowed(row, member, belongs=True) == [
        CampaignAction.UPDATE,
        CampaignAction.RECORD_OUTCOME,
        CampaignAction.MOVE_TO_DECIDED,
    ]
    assert lifecycle.allowed(row, member, belongs=False) == []
    assert lifecycle.allowed(row, PUBLIC, belongs=False) == lifecycle.allowed(row, REPORTER, belongs=False) == []
    assert lifecycle.allowed(row | {"stage": "CLOSED", "published_at": NOW}, STAFF, belongs=False) == ["UPDATE"]


def test_every_stage_can_be_reached_and_every_move_has_its_action() -> None:
    assert {one.end for one in lifecycle.MOVES} == set(Stage) - {Stage.INQUIRY}
    assert {f"MOVE_TO_{one.end}" for one in lifecycle.MOVES} <= {str(action) for action in CampaignAction}


async def test_a_campaign_begins_as_an_inquiry_that_the_public_does_not_see(database: Database) -> None:
    fund = Fund()
    community = fund.community("Saratoga Springs")
    await fund.save(database)

    async with writing(database, STAFF, NOW) as tx:
        values = {"community_id": community, "title": " Città für alle ", "kind": "ADOPTION", "summary": "A manager"}
        found = await rules.create_campaign(tx, values)

    columns = ("title", "title_folded", "search_text", "stage", "published_at", "opened_on", "version", "provenance")
    assert await stored(database, "campaign", found, *columns) == (
        "Città für alle",
        "citta fur alle",
        "citta fur all zy a manag zy zwalle zwmanager",
        "INQUIRY",
        None,
        TODAY,
        1,
        "ENTERED",
    )
    assert await all_of(database, "event", "action", "campaign_id") == [("campaign.created", found)]


async def test_a_drive_against_a_person_is_never_begun(database: Database) -> None:
    fund = Fund()
    community = fund.community("Saratoga Springs")
    await fund.save(database)

    with pytest.raises(InvalidValue, match="the recall of an official, is never supported"):
        async with writing(database, STAFF, NOW) as tx:
            values = {"community_id": community, "title": "Recall", "kind": "ADOPTION"}
            await rules.create_campaign(tx, values, against_person=True)

    assert await count(database, "campaign") == await count(database, "event") == 0


async def test_only_who_may_begins_a_campaign(database: Database) -> None:
    fund = Fund()
    community = fund.community("Saratoga Springs")
    await fund.save(database)

    for viewer in (PUBLIC, REPORTER, coordinator("person_1")):
        with pytest.raises(NotAllowed, match="This needs the permission fund:campaign:create"):
            async with writing(database, viewer, NOW) as tx:
                await rules.create_campaign(tx, {"community_id": community, "title": "A", "kind": "ADOPTION"})

    assert await count(database, "campaign") == 0


async def test_an_update_keeps_what_it_does_not_name_and_what_follows_in_step(database: Database) -> None:
    found = await campaign(database, summary="Old words", election_on=day("2014-01-01"), election_on_precision="YEAR")

    async with writing(database, STAFF, NOW) as tx:
        await rules.update_campaign(tx, found, {"title": "New title"}, expected_version=1)
        await rules.update_campaign(tx, found, {"election_on": None}, expected_version=2)

    columns = ("title_folded", "search_text", "summary", "election_on", "election_on_precision", "version")
    said = "new titl zy old word zy zwtitle zwwords"
    assert await stored(database, "campaign", found, *columns) == ("new title", said, "Old words", None, None, 3)


@pytest.mark.parametrize("title", ["", " ", "\u0301"])
async def test_a_title_has_letters_or_digits(database: Database, title: str) -> None:
    found = await campaign(database)

    with pytest.raises(InvalidValue, match="title takes a text with letters or digits"):
        async with writing(database, STAFF, NOW) as tx:
            await rules.update_campaign(tx, found, {"title": title}, expected_version=1)

    assert await stored(database, "campaign", found, "title", "version") == ("A drive", 1)


async def test_what_is_not_offered_can_t_be_set(database: Database) -> None:
    found = await campaign(database)

    with pytest.raises(ValueError, match=r"\['stage'\] can't be set here"):
        async with writing(database, STAFF, NOW) as tx:
            await rules.update_campaign(tx, found, {"stage": "CLOSED"}, expected_version=1)
