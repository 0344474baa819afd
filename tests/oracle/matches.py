"""What the rules of lists mean that no key joins, in plain words over plain rows."""

from typing import Any

from fund_api.campaigns import recommending as campaigns
from fund_api.core.columns import table_of
from fund_api.grants import concerning
from fund_api.library import recommending, translations
from tests.oracle.conditions import ANSWERS, MATCHES
from tests.oracle.data import World
from tests.oracle.repairs import Row

Asked = dict[str, Any]  # Any: a value of the tag's column


def fits(tag: Row, asked: Asked) -> bool:
    """Whether a tag says nothing else than what is asked."""
    return all(tag[column] in (None, wanted) for column, wanted in asked.items())


def is_best(world: World, tag: Row, asked: Asked) -> bool:
    """Whether a tag fits, and is the most exact one of its resource that does; of those, the first by its id."""
    rivals = [one for one in world.rows["audience_tag"] if one["resource_id"] == tag["resource_id"]]
    fitting = sorted((-one["specificity"], one["id"]) for one in rivals if fits(one, asked))
    return fits(tag, asked) and fitting[0] == (-tag["specificity"], tag["id"])


def helps_campaign(world: World, tag: Row, campaign_id: str) -> bool:
    """Who defends a form defends the one that is there; everybody else wants council-manager."""
    [campaign] = [row for row in world.rows["campaign"] if row["id"] == campaign_id]
    [home] = [row for row in world.rows["community"] if row["id"] == campaign["community_id"]]
    form = home["form_of_government"] if campaign["kind"] == "RETENTION" else None
    asked = {"campaign_kind": campaign["kind"], "state_code": home["state_code"], "form": form or "COUNCIL_MANAGER"}
    return is_best(world, tag, asked)


def helps(world: World, tag: Row, given: Asked) -> bool:
    """What was not given does not matter."""
    columns = {"campaignKind": "campaign_kind", "state": "state_code", "form": "form"}
    return is_best(world, tag, {columns[name]: value for name, value in given.items()})


def says_the_same(world: World, revision: Row, resource_id: str) -> bool:
    """Whether a revision is of a resource with the same original, and of another one."""
    originals = {row["id"]: row["translation_of"] or row["id"] for row in world.rows["resource"]}
    return bool(revision["id"] != resource_id and originals[revision["id"]] == originals[resource_id])


def concerns(world: World, event: Row, given: Asked) -> bool:
    """Whether an event was done to a thing, or to a part of it that is seen."""
    if not given:
        return True
    parts = (row for part in concerning.PARTS for row in world.rows[table_of(part).name])
    ids = {given["concerning"], *(row["id"] for row in parts if row["grant_id"] == given["concerning"])}
    return event["entity_id"] in ids


MATCHES[campaigns.recommended] = helps_campaign
MATCHES[translations.others] = says_the_same
ANSWERS[concerning.answering] = concerns
ANSWERS[recommending.answering] = helps
