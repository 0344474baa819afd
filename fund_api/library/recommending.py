"""Which resources help a campaign, and why: the tags that say for whom a resource is, compared with what is asked.

A tag that names no kind of campaign, no state or no form fits all of them. Of each resource its best tag counts: the
one that names most of what is asked.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from fund_api.communities.states import name_of
from fund_api.communities.tables import CampaignKind, FormOfGovernment
from fund_api.core.access import Looking
from fund_api.core.columns import table_of
from fund_api.library.tables import TagBasis
from fund_api.library.tag_tables import AudienceTag

TAG = table_of(AudienceTag)
ONE: sa.ColumnElement[int] = sa.literal_column("1")
Condition = sa.ColumnElement[bool]
Value = sa.ColumnElement[Any] | None
Values = tuple[Value, Value, Value]
"""The kind of a campaign, the code of its state, and the form of government that it is about; None: any."""

ADOPTED_FORM = FormOfGovernment.COUNCIL_MANAGER
"""What a campaign is taken to be about where nothing else is known."""

_KINDS = {
    CampaignKind.ADOPTION: "adoption",
    CampaignKind.RETENTION: "retention",
    CampaignKind.CHARTER_CHANGE: "charter change",
    CampaignKind.POSITION_CREATION: "position creation",
    CampaignKind.CONSOLIDATION: "consolidation",
}
_FORMS = {
    FormOfGovernment.MAYOR_COUNCIL: "mayor-council",
    FormOfGovernment.COUNCIL_MANAGER: "council-manager",
    FormOfGovernment.COUNCIL_ADMINISTRATOR: "council-administrator",
    FormOfGovernment.COMMISSION: "commission",
    FormOfGovernment.TOWN_MEETING: "town meeting",
    FormOfGovernment.REPRESENTATIVE_TOWN_MEETING: "representative town meeting",
    FormOfGovernment.COUNTY_COMMISSION: "county commission",
    FormOfGovernment.COUNTY_ADMINISTRATOR: "county administrator",
    FormOfGovernment.COUNTY_EXECUTIVE: "county executive",
    FormOfGovernment.OTHER: "another form",
}
_BASES = {TagBasis.SOURCE: "So says its source.", TagBasis.EDITORIAL: "Tagged by our editors."}


def form_in_words(form: str) -> str:
    """A form of government as sentences say it: council-manager."""
    return _FORMS[FormOfGovernment(form)]


def kind_in_words(kind: str) -> str:
    """What a campaign of a kind is for, as sentences say it: retention."""
    return _KINDS[CampaignKind(kind)]


def reason(campaign_kind: str | None, state_code: str | None, form: str | None, basis: str) -> str:
    """Why a tag recommends its resource, in a sentence, and who says so in another."""
    parts = [
        f"for {kind_in_words(campaign_kind)} campaigns" if campaign_kind else "",
        f"in {name_of(state_code)}" if state_code else "",
        f"under {form_in_words(form)}" if form else "",
    ]
    said = ", ".join(part for part in parts if part) or "for every campaign"
    return f"{said[0].upper()}{said[1:]}. {_BASES[TagBasis(basis)]}"


def best(tag: Any, asked: Values) -> Condition:
    """Whether a tag fits what is asked, and no tag of its resource fits better. Any: columns of its table.

    Of equally exact ones it is the one with the smallest id.
    """
    other = TAG.alias()
    exacter = other.c.specificity > tag.specificity
    better = sa.or_(exacter, sa.and_(other.c.specificity == tag.specificity, other.c.id < tag.id))
    rival: sa.Select[Any] = sa.select(ONE).where(other.c.resource_id == tag.resource_id, better, _fits(other.c, asked))
    return sa.and_(_fits(tag, asked), ~rival.correlate_except(other).exists())


def answering(tag: Any, given: Mapping[str, sa.ColumnElement[Any]], _looking: Looking) -> Condition:
    """Whether a tag is the best one of its resource for a kind of campaign, a state and a form, as far as given."""
    return best(tag, (given.get("campaignKind"), given.get("state"), given.get("form")))


def _fits(tag: Any, asked: Values) -> Condition:
    named = zip((tag.campaign_kind, tag.state_code, tag.form), asked, strict=True)
    return sa.and_(sa.true(), *(sa.or_(own.is_(None), own == value) for own, value in named if value is not None))
