"""Which resources help a campaign: those that are tagged for its kind, its state and its form of government."""

from typing import Any

import sqlalchemy as sa

from fund_api.campaigns.tables import Campaign
from fund_api.communities.tables import CampaignKind, Community
from fund_api.core.access import Looking
from fund_api.core.columns import table_of
from fund_api.library import recommending
from fund_api.library.recommending import ADOPTED_FORM, ONE

CAMPAIGN, COMMUNITY = table_of(Campaign), table_of(Community)


def recommended(tag: Any, campaign_id: sa.ColumnElement[str], _looking: Looking) -> sa.ColumnElement[bool]:
    """Whether a tag recommends its resource to a campaign. Any: columns of the table of audience tags.

    Who defends a form defends the one that their community has, as far as it is known; everybody else is taken to
    want the council-manager form.
    """
    own, home = CAMPAIGN.alias(), COMMUNITY.alias()
    defended = sa.func.coalesce(home.c.form_of_government, str(ADOPTED_FORM))
    form = sa.case((own.c.kind == str(CampaignKind.RETENTION), defended), else_=str(ADOPTED_FORM))
    fitting = recommending.best(tag, (own.c.kind, home.c.state_code, form))
    both = own.join(home, home.c.id == own.c.community_id)
    found: sa.Select[Any] = sa.select(ONE).select_from(both).where(own.c.id == campaign_id, fitting)
    return found.correlate_except(own, home).exists()
