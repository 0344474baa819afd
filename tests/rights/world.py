"""A small world with something of every entity, and what the table says of it: theirs and not theirs, shown and not."""

from dataclasses import dataclass, field
from functools import cached_property

from fund_api.core import clock
from fund_api.core.access import Viewer
from fund_api.core.database import Database
from fund_api.graph.engine import Engine
from tests.asking import CATALOGUE, Asker
from tests.rights import helping
from tests.rights.lines import IN_PROGRAM, RESTRICTED_LINES, ROW_LINES, VIEWERS
from tests.rights.rows import Row

ENTITIES = CATALOGUE.entities
OWNED = ("Person", "ApiToken", "RoleAssignment", "Notice", "CampaignMember", "PrintOrder", "PrintOrderLine")
PARTS = ("Campaign", "BallotMeasure", "Milestone", "SupportEngagement", "Contribution")
INSIDE = (
    *("campaign_member", "role_assignment", "support_request"),
    *("grant", "budget_line", "attachment", "grant_condition", "match_commitment", "disbursement", "grant_report"),
)
"""Of a campaign's people or grants: what was done with these is not told to the public."""
SHOWN_BY_TIME = ("Resource", "Format", "PracticeAreaTag", "AudienceTag", "SeriesPart", "PrintItem")
SHOWN_BY_WORKS = ("Author", "Series", "Publisher")


def is_live(row: Row) -> bool:
    """Whether a revision is what readers see; rows of other tables are not."""
    since, until, now = row.get("live_from"), row.get("live_until"), clock.now()
    return since is not None and since <= now and (until is None or now < until)


@dataclass
class World:
    """The database, who looks at it, and what it holds, read without the engine."""

    database: Database
    engine: Engine
    viewers: dict[str, Viewer] = field(default_factory=dict)
    theirs: set[str] = field(default_factory=set)
    """The campaigns and the program in which those who have a role in such alone have it."""
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    """Every row by the name of its entity and by its id."""
    links: dict[str, list[Row]] = field(default_factory=dict)
    """Every row of a table that is no entity."""
    truth: dict[str, Row] = field(default_factory=dict)
    """The fields of every entity by its id, as the engine reads them where there are no rights."""
    state: str = ""
    community: str = ""
    fiscal_year: str = ""

    def asker(self, viewer: str) -> Asker:
        return Asker(self.engine, self.viewers[viewer])

    def campaign_of(self, entity: str, row: Row) -> Row | None:
        """The campaign that a row belongs to, if to any."""
        if entity == "EventChange":
            row = self.rows["Event"][row["event_id"]]
        if entity in ("SupportRequest", "LedgerEntry"):
            return None  # of the fund
        row = self.grant_of(entity, row) or helping.request_of(self.rows, entity, row) or row
        found = row["id"] if entity == "Campaign" else row.get("campaign_id")
        return self.rows["Campaign"].get(str(found))

    def grant_of(self, entity: str, row: Row) -> Row | None:
        """The grant that a row is or belongs to."""
        return row if entity == "Grant" else self.rows["Grant"].get(row.get("grant_id") or "")

    def program_of(self, entity: str, row: Row) -> str | None:
        """The id of the program that a row is or belongs to."""
        if entity == "FundingProgram":
            return str(row["id"])
        grant = self.grant_of(entity, row)
        found: str | None = (grant or row).get("program_id")
        return found

    def which(self, entity: str, row: Row, viewer: str) -> str:
        """What the table calls a row."""
        if called := helping.which(self.rows, entity, row, self.viewers[viewer].id):
            return called
        if entity in OWNED:
            return "oneself" if self._owner(entity, row) == self.viewers[viewer].id else "somebody else"
        if entity in (*SHOWN_BY_TIME, *SHOWN_BY_WORKS):
            return "live" if self._is_shown(entity, row) else "not live"
        if entity in ("Event", "EventChange"):
            return self._which_event(row if entity == "Event" else self.rows["Event"][row["event_id"]])
        if entity == "PrivateChange" and helping.is_confidential(self.rows, row):
            return "of hiring"
        if entity in ("Review", "PrivateChange"):
            return self.interest(entity, row, viewer)
        campaign = self.campaign_of(entity, row)
        published = campaign is not None and campaign["published_at"] is not None
        if entity == "Grant":
            return "awarded and published" if row["awarded"] is not None and published else "any other"
        if entity in PARTS:
            return "published" if published else "draft"
        return "all"

    def _owner(self, entity: str, row: Row) -> str:
        """Whose a row is."""
        if entity == "PrintOrderLine":
            row = self.rows["PrintOrder"][row["order_id"]]
        return str(row["id" if entity == "Person" else "person_id"])

    def _is_shown(self, entity: str, row: Row) -> bool:
        """Whether something of the library is seen because of what is live."""
        appears = any(one["publisher_id"] == row["id"] for one in self.rows["Periodical"].values())
        return any(is_live(one) for one in self._tells_of(entity, row)) or appears

    def _tells_of(self, entity: str, row: Row) -> list[Row]:
        """The revisions of what a row is, belongs to or, of authors, series and publishers, made."""
        rows = self.rows["Resource"]
        match entity:
            case "Author":
                links = self.links["resource_author"]
                return [rows[link["resource_id"]] for link in links if link["author_id"] == row["id"]]
            case "Series":
                parts = self.rows["SeriesPart"].values()
                return [rows[part["resource_id"]] for part in parts if part["series_id"] == row["id"]]
            case "Publisher":
                return [one for one in rows.values() if one["publisher_id"] == row["id"]]
        return [rows[row["id" if entity == "Resource" else "resource_id"]]]

    def _which_event(self, event: Row) -> str:
        campaign = self.campaign_of("Event", event)
        kind = event["action"].partition(".")[0]
        if kind in helping.LOGGED:
            return "of hiring"
        if campaign is None or kind == "notice":
            return "of no campaign"
        if kind in INSIDE:
            return "of its people or grants"
        if not campaign["published_at"]:
            return "draft"
        return "since published" if event["at"] >= campaign["published_at"] else "before published"

    def _kind(self, entity: str, row: Row, viewer: str) -> str:
        """What the table tells apart among rows that are seen, for their fields."""
        if entity in SHOWN_BY_TIME:
            [revision] = self._tells_of(entity, row)
            return str(revision["access"])
        return helping.kind(self.rows, entity, row, self.viewers[viewer].id) or self.interest(entity, row, viewer)

    def interest(self, entity: str, row: Row, viewer: str) -> str:
        """How the table calls a grant, and what is of it, by the interests of a viewer."""
        grant = self._scored_in(row) if entity == "PrivateChange" else self.grant_of(entity, row)
        mark = grant and (self.viewers[viewer].id, grant["id"])
        if mark in self._recused:
            return "recused"
        return "of its campaign" if mark in self._insiders else "apart"

    def _scored_in(self, private: Row) -> Row | None:
        """The grant of whose review a private change tells, if of any."""
        event = self.rows["Event"][self.rows["EventChange"][private["change_id"]]["event_id"]]
        review = self.rows["Review"].get(event["entity_id"])
        return review and self.grant_of("Review", review)

    @cached_property
    def _recused(self) -> set[tuple[str, str]]:
        """Who is recused from which grant."""
        return {(row["person_id"], row["grant_id"]) for row in self.rows["Recusal"].values()}

    @cached_property
    def _insiders(self) -> set[tuple[str, str]]:
        """Who is or was of the campaign of which grant."""
        found = set()
        for grant in self.rows["Grant"].values():
            campaign = self.rows["Campaign"][grant["campaign_id"]]
            of_campaign = [one for one in self.rows["CampaignMember"].values() if one["campaign_id"] == campaign["id"]]
            of_organization = [
                one
                for one in self.links["organization_member"]
                if one["organization_id"] == campaign["organization_id"]
            ]
            found |= {(one["person_id"], grant["id"]) for one in of_campaign + of_organization}
            found |= {(person, grant["id"]) for person in self._left(campaign, grant["created_at"])}
        return found

    def _left(self, campaign: Row, since: object) -> set[str]:
        """Who left a campaign, as the log tells."""
        events = {
            event["id"]
            for event in self.rows["Event"].values()
            if event["campaign_id"] == campaign["id"]
            and event["action"] == "campaign_member.removed"
            and event["at"] >= since
        }
        changes = (one for one in self.rows["EventChange"].values() if one["event_id"] in events)
        return {one["before"].strip('"') for one in changes if one["field"] == "person_id"}

    def is_theirs(self, entity: str, row: Row, viewer: str) -> bool:
        """Whether a row is of a campaign, or of the program, in which those with a role in such alone have it."""
        if viewer.endswith(IN_PROGRAM):
            return self.program_of(entity, row) in self.theirs
        campaign = self.campaign_of(entity, row)
        return campaign is not None and campaign["id"] in self.theirs

    def sees(self, viewer: str, entity: str, row: Row) -> bool:
        """Whether the table says that a viewer sees a row."""
        line = ROW_LINES[entity, self.which(entity, row, viewer)]
        return line.holds(viewer, theirs=self.is_theirs(entity, row, viewer))

    def seen(self, viewer: str, entity: str) -> list[Row]:
        return [row for row in self.rows[entity].values() if self.sees(viewer, entity, row)]

    def told(self, viewer: str, entity: str, row: Row) -> Row:
        """The fields of a row as the table says that a viewer reads them."""
        told = dict(self.truth[row["id"]])
        for (name, field_name, which), line in RESTRICTED_LINES.items():
            if name != entity or which not in ("all", self._kind(entity, row, viewer)):
                continue
            holds = line.holds(viewer, theirs=self.is_theirs(entity, row, viewer))
            if field_name == "availableActions":
                told[field_name] = holds
            elif not holds:
                told[field_name] = None
        return told

    def called(self, viewer: str, entity: str, row: Row) -> str:
        """A row, as messages name it."""
        return f"{entity}, {self.which(entity, row, viewer)}, theirs: {self.is_theirs(entity, row, viewer)}"

    @cached_property
    def samples(self) -> list[tuple[str, Row]]:
        """One row of every kind that the table tells apart."""
        found: dict[tuple[str, ...], tuple[str, Row]] = {}
        for entity, rows in self.rows.items():
            for row in rows.values():
                names = (self.called(viewer, entity, row) for viewer in VIEWERS)
                found.setdefault(tuple(names), (entity, row))
        return list(found.values())
