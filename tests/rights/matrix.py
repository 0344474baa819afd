"""The one table of rights: who sees which rows, which fields, and who may do what.

A viewer is PUBLIC, a PERSON without roles, somebody with one role everywhere, somebody with one role in two campaigns
alone, one published and one a draft, or somebody with one role in a funding program alone. Of what does not belong to
these campaigns or this program the last two see what a PERSON sees, and may do what a PERSON may; so where a cell is "-"
or, for a program, left out. A name in capitals on a line of WORDS stands for the roles after it.
"""

WORDS = """
STAFF       GRANTS_OFFICER REVIEWER APPROVER FINANCE HIRING_OFFICER REPORTER ADMINISTRATOR
COLLEAGUES  GRANTS_OFFICER REVIEWER APPROVER FINANCE HIRING_OFFICER ADMINISTRATOR
AUDITORS    GRANTS_OFFICER APPROVER FINANCE HIRING_OFFICER REPORTER ADMINISTRATOR
OFFICERS    GRANTS_OFFICER ADMINISTRATOR
READERS     GRANTS_OFFICER REVIEWER APPROVER FINANCE REPORTER ADMINISTRATOR
SCORERS     GRANTS_OFFICER REVIEWER APPROVER
DUTIES      GRANTS_OFFICER REVIEWER APPROVER FINANCE
BUDGETS     GRANTS_OFFICER APPROVER FINANCE REPORTER ADMINISTRATOR
MEMBERS     MEMBER GRANTS_OFFICER REVIEWER APPROVER FINANCE HIRING_OFFICER EDITOR ADMINISTRATOR
INTERNALS   GRANTS_OFFICER REVIEWER APPROVER FINANCE HIRING_OFFICER EDITOR ADMINISTRATOR
HIRERS      HIRING_OFFICER REPORTER ADMINISTRATOR
CONFIDANTS  HIRING_OFFICER ADVISOR
EDITORS     EDITOR ADMINISTRATOR
PERSONS     PERSON MEMBER COORDINATOR GRANTS_OFFICER REVIEWER APPROVER FINANCE HIRING_OFFICER ADVISOR EDITOR REPORTER ADMINISTRATOR
"""

ROWS = """
rows of                                            | which                   | role everywhere | in their campaign alone   | in their program alone
Source State Community FormPeriod Organization     | all                     | everybody       | -
ProcedureRule                                      | all                     | everybody       | -
PracticeArea Responsibility Topic HubSection       | all                     | everybody       | -
Periodical PeriodicalIssue                         | all                     | everybody       | -
Resource Format PracticeAreaTag AudienceTag        | live                    | everybody       | -
Resource Format PracticeAreaTag AudienceTag        | not live                | nobody          | -
SeriesPart PrintItem                               | live                    | everybody       | -
SeriesPart PrintItem                               | not live                | nobody          | -
Author Series Publisher                            | live                    | everybody       | -
Author Series Publisher                            | not live                | EDITORS         | -
PrintOrder PrintOrderLine                          | oneself                 | everybody       | -
PrintOrder PrintOrderLine                          | somebody else           | EDITORS         | -
Campaign BallotMeasure Milestone SupportEngagement | published               | everybody       | everybody
Campaign BallotMeasure Milestone SupportEngagement | draft                   | STAFF           | STAFF COORDINATOR ADVISOR
Contribution                                       | published               | everybody       | everybody
Contribution                                       | draft                   | STAFF           | STAFF COORDINATOR ADVISOR
CampaignMember                                     | oneself                 | everybody       | everybody
CampaignMember                                     | somebody else           | STAFF           | STAFF COORDINATOR ADVISOR
FundingProgram                                     | all                     | everybody       | -
FiscalYear                                         | all                     | BUDGETS         | -
LedgerEntry                                        | all                     | BUDGETS         | -                         | BUDGETS
Grant                                              | awarded and published   | everybody       | everybody                 | everybody
Grant                                              | any other               | READERS         | READERS COORDINATOR       | READERS
BudgetLine GrantCondition MatchCommitment          | all                     | READERS         | READERS COORDINATOR       | READERS
Disbursement GrantReport Attachment                | all                     | READERS         | READERS COORDINATOR       | READERS
GrantDuty Recusal Approval                         | all                     | READERS         | READERS                   | READERS
Review                                             | apart                   | SCORERS         | SCORERS                   | SCORERS
Review                                             | of its campaign         | nobody          | nobody                    | nobody
Review                                             | recused                 | nobody          | nobody                    | nobody
Event EventChange                                  | since published         | everybody       | everybody
Event EventChange                                  | of its people or grants | AUDITORS        | AUDITORS COORDINATOR
Event EventChange                                  | before published        | AUDITORS        | AUDITORS COORDINATOR
Event EventChange                                  | draft                   | AUDITORS        | AUDITORS COORDINATOR
Event EventChange                                  | of no campaign          | AUDITORS        | -
Event EventChange                                  | of hiring               | HIRERS          | AUDITORS COORDINATOR
PrivateChange                                      | apart                   | ADMINISTRATOR   | -
PrivateChange                                      | of its campaign         | nobody          | nobody
PrivateChange                                      | of hiring               | nobody          | -
Person RoleAssignment                              | oneself                 | everybody       | -
Person RoleAssignment                              | somebody else           | COLLEAGUES      | -
ApiToken                                           | oneself                 | everybody       | -
ApiToken                                           | somebody else           | ADMINISTRATOR   | -
Notice                                             | oneself                 | everybody       | -
Notice                                             | somebody else           | nobody          | -
SupportRequest                                     | all                     | OFFICERS        | -
HiringRequest Assignment FollowUp                  | asked                   | everybody       | -
HiringRequest Assignment FollowUp                  | advised                 | HIRERS ADVISOR  | STAFF COORDINATOR ADVISOR
HiringRequest Assignment FollowUp                  | neither                 | HIRERS          | STAFF COORDINATOR ADVISOR
ManagerPlacement                                   | published               | everybody       | everybody
ManagerPlacement                                   | asked                   | everybody       | -
ManagerPlacement                                   | advised                 | HIRERS ADVISOR  | STAFF COORDINATOR ADVISOR
ManagerPlacement                                   | neither                 | HIRERS          | STAFF COORDINATOR ADVISOR
SeniorAdvisor                                      | active                  | everybody       | -
SeniorAdvisor AdvisorConflict AdvisorActivity      | oneself                 | everybody       | -
SeniorAdvisor AdvisorConflict AdvisorActivity      | somebody else           | HIRERS          | -
Program Session FellowshipCohort Scholarship       | published               | everybody       | -
Program Session FellowshipCohort Scholarship       | draft                   | EDITORS         | -
FellowPlacement                                    | agreed                  | everybody       | -
FellowPlacement                                    | not agreed              | EDITORS         | -
StudentChapter                                     | active                  | everybody       | -
StudentChapter                                     | not active              | EDITORS         | -
"""
"""Who looks stands apart from a grant unless they are recused from it, or are of its campaign: belong to that or to the
organization that runs it, or did so since the grant was drafted. Who is both is called recused. Of private changes the
scores alone are of a grant; from all others everybody stands apart, but from those of hiring: of requests, placements,
follow-ups, conflicts and activities.

What belongs to a resource is live when that is; authors, series and publishers are when something of theirs is, and
publishers of periodicals always are.

What belongs to a request for hiring support is called by whether who looks asked for it, or has an open assignment to it;
an assignment that was withdrawn is neither. A placement is called so while it is not published. What advisors report, and
what they can't do, is theirs, and so are they themselves once they are not active any more. A fellow's placement is agreed
once it is neither proposed nor withdrawn, and its program is published.

Events "of its people or grants" are of members, roles, requests for support, grants and their parts, whenever. Those of
notices, programs, the ledger and fiscal years, and of who reviewed, approved or was recused, are of no campaign. Those
"of hiring" are of requests for hiring support, advisors and all that belongs to either, of a campaign or of none.
"""

RESTRICTED = """
fields                                                    | of which        | role everywhere | in their campaign alone | in their program alone
Event requestId                                           | all             | AUDITORS        | nobody
Campaign availableActions                                 | all             | OFFICERS        | OFFICERS COORDINATOR
Grant reason payee payeeRegistration requested scheduled  | all             | READERS         | READERS COORDINATOR     | READERS
Grant returned released encumbered agreementOn            | all             | READERS         | READERS COORDINATOR     | READERS
Grant availableActions                                    | apart           | DUTIES          | DUTIES                  | DUTIES
Grant availableActions                                    | of its campaign | DUTIES          | DUTIES COORDINATOR      | DUTIES
Grant availableActions                                    | recused         | nobody          | nobody                  | nobody
FundingProgram appropriated encumbered expended available | all             | BUDGETS         | -                       | BUDGETS
FundingProgram approvalThreshold                          | all             | BUDGETS         | -                       | BUDGETS
Resource body url html excerpt wordCount readingMinutes   | PUBLIC          | everybody       | -
Resource body url html excerpt wordCount readingMinutes   | MEMBER          | MEMBERS         | -
Resource body url html excerpt wordCount readingMinutes   | STAFF           | INTERNALS       | -
Format url                                                | PUBLIC          | everybody       | -
Format url                                                | MEMBER          | MEMBERS         | -
Format url                                                | STAFF           | INTERNALS       | -
PrintItem backordered inStock reserved reorderLevel       | all             | EDITORS         | -
HiringRequest contactName contactEmail contactPhone       | advised         | CONFIDANTS      | -
HiringRequest contactName contactEmail contactPhone       | asked           | HIRING_OFFICER  | -
HiringRequest contactName contactEmail contactPhone       | neither         | HIRING_OFFICER  | -
HiringRequest message salaryMinimum salaryMaximum         | advised         | CONFIDANTS      | -
HiringRequest message salaryMinimum salaryMaximum         | asked           | HIRING_OFFICER  | -
HiringRequest message salaryMinimum salaryMaximum         | neither         | HIRING_OFFICER  | -
ManagerPlacement managerName                              | published       | everybody       | everybody
ManagerPlacement managerName                              | advised         | CONFIDANTS      | -
ManagerPlacement managerName                              | asked           | HIRING_OFFICER  | -
ManagerPlacement managerName                              | neither         | HIRING_OFFICER  | -
HiringRequest availableActions                            | all             | HIRING_OFFICER  | -
FellowshipCohort availableActions                         | all             | EDITORS         | -
FollowUp note                                             | all             | HIRING_OFFICER  | -
SeniorAdvisor capacity openAssignments                    | oneself         | everybody       | -
SeniorAdvisor capacity openAssignments                    | somebody else   | HIRERS          | -
SeniorAdvisor availableFrom availableUntil                | oneself         | everybody       | -
SeniorAdvisor availableFrom availableUntil                | somebody else   | HIRERS          | -
AdvisorConflict reason                                    | oneself         | everybody       | -
AdvisorConflict reason                                    | somebody else   | HIRING_OFFICER  | -
AdvisorActivity summary                                   | oneself         | everybody       | -
AdvisorActivity summary                                   | somebody else   | HIRING_OFFICER  | -
FellowPlacement fellowName fellowEmail reason             | all             | EDITORS         | -
"""
"""What all others read as null; to them no action is available. The grants here stand where every duty has something:
staff of whose campaign they are may still declare that."""

MUTATIONS = """
mutations                                           | on            | done by: role everywhere | in their campaign alone    | all others get            | in their program alone
createCampaign                                      | anything      | OFFICERS                 | -                          | NotAllowed
updateCampaign moveCampaign recordOutcome           | draft         | OFFICERS                 | OFFICERS COORDINATOR       | NotAllowed if they see it
addMilestone completeMilestone addBallotMeasure     | draft         | OFFICERS                 | OFFICERS COORDINATOR       | NotAllowed if they see it
recordResult addCampaignMember removeCampaignMember | draft         | OFFICERS                 | OFFICERS COORDINATOR       | NotAllowed if they see it
updateCampaign moveCampaign recordOutcome           | published     | OFFICERS                 | OFFICERS COORDINATOR       | NotAllowed
addMilestone completeMilestone addBallotMeasure     | published     | OFFICERS                 | OFFICERS COORDINATOR       | NotAllowed
recordResult addCampaignMember removeCampaignMember | published     | OFFICERS                 | OFFICERS COORDINATOR       | NotAllowed
publishCampaign logSupport                          | draft         | OFFICERS                 | OFFICERS                   | NotAllowed if they see it
logSupport                                          | published     | OFFICERS                 | OFFICERS                   | NotAllowed
draftGrant                                          | draft         | GRANTS_OFFICER           | GRANTS_OFFICER COORDINATOR | NotAllowed if they see it
draftGrant                                          | published     | GRANTS_OFFICER           | GRANTS_OFFICER COORDINATOR | NotAllowed                | GRANTS_OFFICER
openProgram adjustAppropriation closeProgram        | anything      | ADMINISTRATOR            | -                          | NotAllowed
openFiscalYear setLobbyingCap                       | anything      | ADMINISTRATOR            | -                          | NotAllowed
markNoticeRead                                      | oneself       | everybody                | -                          | NotFound
markNoticeRead                                      | somebody else | nobody                   | -                          | NotFound
requestCampaignSupport                              | anything      | everybody                | -                          | NotAllowed
acceptSupportRequest declineSupportRequest          | anything      | OFFICERS                 | -                          | NotAllowed
createResource saveDraft revertResource             | anything      | EDITORS                  | -                          | NotAllowed
publishResource schedulePublication                 | anything      | EDITORS                  | -                          | NotAllowed
unpublishResource setResourceTags linkTranslation   | anything      | EDITORS                  | -                          | NotAllowed
createTopic updateTopic saveSection                 | anything      | EDITORS                  | -                          | NotAllowed
addPerson invite revokeInvitation                   | anything      | ADMINISTRATOR            | -                          | NotAllowed
updatePerson deactivatePerson reactivatePerson      | somebody else | ADMINISTRATOR            | -                          | NotAllowed
erasePerson grantRole revokeRole                    | somebody else | ADMINISTRATOR            | -                          | NotAllowed
grantRole                                           | oneself       | nobody                   | -                          | NotAllowed
createToken revokeToken                             | oneself       | everybody                | -                          | NotAllowed
createToken                                         | somebody else | ADMINISTRATOR            | -                          | NotAllowed
revokeToken                                         | somebody else | ADMINISTRATOR            | -                          | NotFound
acceptInvitation                                    | anything      | everybody                | -                          | NotAllowed
placeOrder                                          | anything      | PERSONS                  | -                          | NotAllowed
cancelOrder                                         | oneself       | everybody                | -                          | NotFound
cancelOrder                                         | somebody else | EDITORS                  | -                          | NotFound
reserveOrder shipOrder                              | anything      | EDITORS                  | -                          | NotAllowed
addPrintItem receiveStock updatePrintItem           | anything      | EDITORS                  | -                          | NotAllowed
requestHiringSupport                                | anything      | everybody                | -                          | NotAllowed
requestHiringSupport                                | draft         | nobody                   | STAFF COORDINATOR ADVISOR  | NotAllowed if they see it
requestHiringSupport                                | published     | nobody                   | STAFF COORDINATOR ADVISOR  | NotAllowed
updateHiringRequest triageRequest moveRequest       | anything      | HIRING_OFFICER           | -                          | NotAllowed
closeRequest recordAppointment recordFollowUp       | anything      | HIRING_OFFICER           | -                          | NotAllowed
publishPlacement addAdvisor matchAdvisor            | anything      | HIRING_OFFICER           | -                          | NotAllowed
withdrawAdvisor completeAssignment withdrawConflict | anything      | HIRING_OFFICER           | -                          | NotAllowed
correctPlacement forgetManager                      | anything      | HIRING_OFFICER           | -                          | NotAllowed
updateAdvisor declareConflict                       | oneself       | CONFIDANTS               | -                          | NotAllowed
updateAdvisor declareConflict                       | somebody else | HIRING_OFFICER           | -                          | NotAllowed
logActivity                                         | advised       | CONFIDANTS               | -                          | NotAllowed if they see it
logActivity                                         | neither       | HIRING_OFFICER           | -                          | NotAllowed if they see it
addProgram updateProgram publishProgram             | anything      | EDITORS                  | -                          | NotAllowed
withdrawProgram addSession updateSession            | anything      | EDITORS                  | -                          | NotAllowed
cancelSession recordRegistrations addCohort         | anything      | EDITORS                  | -                          | NotAllowed
updateCohort moveCohort proposeFellow moveFellow    | anything      | EDITORS                  | -                          | NotAllowed
updateFellow eraseFellow                            | anything      | EDITORS                  | -                          | NotAllowed
addScholarship updateScholarship cancelScholarship  | anything      | EDITORS                  | -                          | NotAllowed
addChapter updateChapter                            | anything      | EDITORS                  | -                          | NotAllowed
"""
"""Of what they do not see, others get NotFound. A token of whom no permission is left to give one is InvalidValue.
An activity is reported on an assignment, which is called as above."""

GRANT_MUTATIONS = """
mutations                                                  | on a grant in    | done by: role everywhere | in their campaign alone    | in their program alone
updateGrant submitGrant pledgeMatch                        | DRAFT            | GRANTS_OFFICER           | GRANTS_OFFICER COORDINATOR | GRANTS_OFFICER
withdrawGrant                                              | SUBMITTED        | nobody                   | COORDINATOR                | nobody
screenGrant                                                | SUBMITTED        | GRANTS_OFFICER           | GRANTS_OFFICER             | GRANTS_OFFICER
requestMoreInfo startReview                                | SCREENING        | GRANTS_OFFICER           | GRANTS_OFFICER             | GRANTS_OFFICER
submitReview                                               | IN_REVIEW        | REVIEWER                 | REVIEWER                   | REVIEWER
sendToDecision                                             | IN_REVIEW        | GRANTS_OFFICER           | GRANTS_OFFICER             | GRANTS_OFFICER
approveGrant declineGrant                                  | IN_DECISION      | APPROVER                 | APPROVER                   | APPROVER
signAgreement meetCondition verifyMatch                    | APPROVED         | GRANTS_OFFICER           | GRANTS_OFFICER             | GRANTS_OFFICER
cancelGrant                                                | APPROVED         | APPROVER                 | APPROVER                   | APPROVER
scheduleDisbursement                                       | AGREEMENT_SIGNED | GRANTS_OFFICER           | GRANTS_OFFICER             | GRANTS_OFFICER
approveDisbursement                                        | ACTIVE           | APPROVER                 | APPROVER                   | APPROVER
recordPayment recordPaymentFailure recordReturn            | ACTIVE           | FINANCE                  | FINANCE                    | FINANCE
submitReport                                               | ACTIVE           | nobody                   | COORDINATOR                | nobody
acceptReport requestReportChanges waiveReport suspendGrant | ACTIVE           | GRANTS_OFFICER           | GRANTS_OFFICER             | GRANTS_OFFICER
declareRecusal                                             | ACTIVE           | DUTIES                   | DUTIES                     | DUTIES
resumeGrant                                                | SUSPENDED        | GRANTS_OFFICER           | GRANTS_OFFICER             | GRANTS_OFFICER
closeGrant                                                 | CLOSING          | GRANTS_OFFICER           | GRANTS_OFFICER             | GRANTS_OFFICER
"""
"""Each on a grant of a draft and of a published campaign. All others get NotAllowed if they see it, else NotFound."""

PERMITLESS = (
    "PERSON",
    *(f"{role} in their {place}" for role in ("MEMBER", "EDITOR") for place in ("campaign", "program")),
)
"""Who may do nothing at all, and so can't make a token that may."""
