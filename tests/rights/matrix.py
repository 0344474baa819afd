"""The one table of rights: who sees which rows, which fields, and who may do what.

A viewer is PUBLIC, a PERSON without roles, somebody with one role everywhere, or somebody with one role in two
campaigns alone, one published and one a draft. Of what does not belong to these campaigns the last see what a PERSON
sees, and may do what a PERSON may. A name in capitals on a line of WORDS stands for the roles after it.
"""

from dataclasses import dataclass

from fund_api.people.roles import Role

WORDS = """
STAFF       GRANTS_OFFICER REVIEWER APPROVER FINANCE HIRING_OFFICER REPORTER ADMINISTRATOR
COLLEAGUES  GRANTS_OFFICER REVIEWER APPROVER FINANCE HIRING_OFFICER ADMINISTRATOR
AUDITORS    GRANTS_OFFICER APPROVER FINANCE REPORTER ADMINISTRATOR
OFFICERS    GRANTS_OFFICER ADMINISTRATOR
"""

ROWS = """
rows of                                                       | which              | role everywhere | role in their campaign alone
Source State Community FormPeriod Organization                | all                | everybody       | -
Resource ProcedureRule                                        | all                | everybody       | -
Campaign BallotMeasure Milestone Grant SupportEngagement      | published          | everybody       | everybody
Campaign BallotMeasure Milestone Grant SupportEngagement      | draft              | STAFF           | STAFF COORDINATOR ADVISOR
CampaignMember                                                | oneself            | everybody       | everybody
CampaignMember                                                | somebody else      | STAFF           | STAFF COORDINATOR ADVISOR
Event EventChange                                             | since published    | everybody       | everybody
Event EventChange                                             | of its people      | AUDITORS        | AUDITORS COORDINATOR
Event EventChange                                             | before published   | AUDITORS        | AUDITORS COORDINATOR
Event EventChange                                             | draft              | AUDITORS        | AUDITORS COORDINATOR
Event EventChange                                             | of no campaign     | AUDITORS        | -
PrivateChange                                                 | all                | ADMINISTRATOR   | -
Person RoleAssignment                                         | oneself            | everybody       | -
Person RoleAssignment                                         | somebody else      | COLLEAGUES      | -
ApiToken                                                      | oneself            | everybody       | -
ApiToken                                                      | somebody else      | ADMINISTRATOR   | -
Notice                                                        | oneself            | everybody       | -
Notice                                                        | somebody else      | nobody          | -
SupportRequest                                                | all                | OFFICERS        | -
"""

FIELDS = """
fields of         | which all who see the row can read; of relations, the rows that they see
ApiToken          | id name scopes expiresAt lastUsedAt revokedAt createdAt
BallotMeasure     | id campaign question kind electionOn electionOnPrecision dateInferred votesFor votesAgainst margin
BallotMeasure     | percentFor percentAgainst passed resultStatus yesMeans fundPosition formBefore formAfter note asOf
BallotMeasure     | confidence version activity sources provenance
Campaign          | id title summary kind route stage outcome community organization openedOn electionOn
Campaign          | electionOnPrecision dateInferred measures grants resources milestones members supportEngagements
Campaign          | activity publishedAt version provenance
CampaignMember    | id campaign person provenance
Community         | id geoid ocdId name shortName kind state countyGeoid countyName population populationYear
Community         | populationSource latitude longitude website websiteSource formOfGovernment formAsOf formAsOfPrecision
Community         | formConfidence formSource forms chiefOfficialTitle homeRuleCharterYear campaigns provenance
Event             | id number at action entityId actor campaign changes previousHash hash
EventChange       | id place field before after private privateValues
FormPeriod        | id community form mayorStrength localName detail chiefOfficialTitle hasChiefAdministrativeOfficer
FormPeriod        | legalBasis effectiveFrom effectiveTo lockedUntil basis observedOn observedOnPrecision dateInferred
FormPeriod        | confidence source provenance
Grant             | id campaign status purpose requested awarded disbursed submittedAt decidedAt activity provenance
Milestone         | id campaign kind dueOn doneOn note version activity provenance
Notice            | id kind text campaign milestone createdAt readAt
Organization      | id name kind community website campaigns activity provenance
Person            | id name email active version roles tokens memberships activity provenance
PrivateChange     | id before after
ProcedureRule     | id state route appliesTo thresholdPercent thresholdBase daysBeforeElection approvalPercent
ProcedureRule     | signaturesNeeded citation note provenance
Resource          | id title summary kind publisher url publishedOn publishedOnPrecision access campaigns provenance
Resource          | activity
RoleAssignment    | id person role scope
Source            | id title publisher url licence attribution retrievedOn provenance
State             | id code name fips population populationYear populationSource communities provenance
SupportEngagement | id campaign kind givenOn inKindValue lobbying description activity provenance
SupportRequest    | id name email community kind message state reason campaign createdAt decidedAt version provenance
SupportRequest    | activity
"""

"""Events "of its people" are of members, roles and requests for support, whenever; those of notices are of no campaign."""

RESTRICTED = """
field                     | role everywhere | role in their campaign alone
Event requestId           | AUDITORS        | nobody
Campaign availableActions | OFFICERS        | OFFICERS COORDINATOR
"""
"""A request's id is null for all others; to all others no action is available."""

MUTATIONS = """
mutations                                          | on                   | done by: role everywhere | role in their campaign alone | all others get
createCampaign                                     | anything             | OFFICERS                 | -                    | NotAllowed
updateCampaign moveCampaign recordOutcome          | draft                | OFFICERS                 | OFFICERS COORDINATOR | NotAllowed if they see it
addMilestone completeMilestone addBallotMeasure    | draft                | OFFICERS                 | OFFICERS COORDINATOR | NotAllowed if they see it
recordResult addCampaignMember removeCampaignMember| draft                | OFFICERS                 | OFFICERS COORDINATOR | NotAllowed if they see it
updateCampaign moveCampaign recordOutcome          | published            | OFFICERS                 | OFFICERS COORDINATOR | NotAllowed
addMilestone completeMilestone addBallotMeasure    | published            | OFFICERS                 | OFFICERS COORDINATOR | NotAllowed
recordResult addCampaignMember removeCampaignMember| published            | OFFICERS                 | OFFICERS COORDINATOR | NotAllowed
publishCampaign logSupport                         | draft                | OFFICERS                 | OFFICERS             | NotAllowed if they see it
logSupport                                         | published            | OFFICERS                 | OFFICERS             | NotAllowed
markNoticeRead                                     | oneself              | everybody                | -                    | NotFound
markNoticeRead                                     | somebody else        | nobody                   | -                    | NotFound
requestCampaignSupport                             | anything             | everybody                | -                    | NotAllowed
acceptSupportRequest declineSupportRequest         | anything             | OFFICERS                 | -                    | NotAllowed
addPerson invite revokeInvitation                  | anything             | ADMINISTRATOR            | -                    | NotAllowed
updatePerson deactivatePerson reactivatePerson     | somebody else        | ADMINISTRATOR            | -                    | NotAllowed
erasePerson grantRole revokeRole                   | somebody else        | ADMINISTRATOR            | -                    | NotAllowed
grantRole                                          | oneself              | nobody                   | -                    | NotAllowed
createToken revokeToken                            | oneself              | everybody                | -                    | NotAllowed
createToken                                        | somebody else        | ADMINISTRATOR            | -                    | NotAllowed
revokeToken                                        | somebody else        | ADMINISTRATOR            | -                    | NotFound
acceptInvitation                                   | anything             | everybody                | -                    | NotAllowed
"""
"""Of what they do not see, others get NotFound. A token of whom no permission is left to give one is InvalidValue."""

PERMITLESS = ("PERSON", "MEMBER in their campaign", "EDITOR in their campaign")
"""Who may do nothing at all, and so can't make a token that may."""

THERE = " in their campaign"
VIEWERS = ("PUBLIC", "PERSON", *Role, *(f"{role}{THERE}" for role in Role))
"""Everybody whom the table speaks of."""


@dataclass(frozen=True)
class Line:
    """Who, of the viewers with a role everywhere and of those with one in the campaign alone, and what others get."""

    everywhere: frozenset[str]
    there: frozenset[str] | None
    others: str = ""

    def holds(self, viewer: str, *, theirs: bool) -> bool:
        """Whether a viewer is named; `theirs`: it belongs to a campaign in which they have their role."""
        if not viewer.endswith(THERE):
            return viewer in self.everywhere
        if theirs and self.there is not None:
            return viewer.removesuffix(THERE) in self.there
        return "PERSON" in self.everywhere


def _cells(text: str) -> list[list[str]]:
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return lines[1:]


def _who(cell: str) -> frozenset[str]:
    words = {line.split()[0]: line.split()[1:] for line in WORDS.strip().splitlines()}
    words |= {"everybody": ["PUBLIC", "PERSON", *Role], "nobody": []} | {role: [role] for role in Role}
    return frozenset(name for word in cell.split() for name in words[word])


def _line(cells: list[str]) -> Line:
    return Line(_who(cells[0]), None if cells[1] == "-" else _who(cells[1]), *cells[2:])


ROW_LINES = {(name, cells[1]): _line(cells[2:]) for cells in _cells(ROWS) for name in cells[0].split()}
READABLE = {(cells[0], name) for cells in _cells(FIELDS) for name in cells[1].split()}
RESTRICTED_LINES = {tuple(cells[0].split()): _line(cells[1:]) for cells in _cells(RESTRICTED)}
MUTATION_LINES = {(name, cells[1]): _line(cells[2:]) for cells in _cells(MUTATIONS) for name in cells[0].split()}
