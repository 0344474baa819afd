"""The one table of rights: who sees which rows, which fields, and who may do what.

A viewer is PUBLIC, a PERSON without roles, somebody with one role everywhere, somebody with one role in two campaigns
alone, one published and one a draft, or somebody with one role in a funding program alone. Of what does not belong to
these campaigns or this program the last two see what a PERSON sees, and may do what a PERSON may; so where a cell is "-"
or, for a program, left out. A name in capitals on a line of WORDS stands for the roles after it.
"""

WORDS = """
STAFF       GRANTS_OFFICER REVIEWER APPROVER FINANCE HIRING_OFFICER REPORTER ADMINISTRATOR
COLLEAGUES  GRANTS_OFFICER REVIEWER APPROVER FINANCE HIRING_OFFICER ADMINISTRATOR
AUDITORS    GRANTS_OFFICER APPROVER FINANCE REPORTER ADMINISTRATOR
OFFICERS    GRANTS_OFFICER ADMINISTRATOR
READERS     GRANTS_OFFICER REVIEWER APPROVER FINANCE REPORTER ADMINISTRATOR
SCORERS     GRANTS_OFFICER REVIEWER APPROVER
DUTIES      GRANTS_OFFICER REVIEWER APPROVER FINANCE
BUDGETS     GRANTS_OFFICER APPROVER FINANCE REPORTER ADMINISTRATOR
MEMBERS     MEMBER GRANTS_OFFICER REVIEWER APPROVER FINANCE HIRING_OFFICER EDITOR ADMINISTRATOR
INTERNALS   GRANTS_OFFICER REVIEWER APPROVER FINANCE HIRING_OFFICER EDITOR ADMINISTRATOR
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
PrivateChange                                      | apart                   | ADMINISTRATOR   | -
PrivateChange                                      | of its campaign         | nobody          | nobody
Person RoleAssignment                              | oneself                 | everybody       | -
Person RoleAssignment                              | somebody else           | COLLEAGUES      | -
ApiToken                                           | oneself                 | everybody       | -
ApiToken                                           | somebody else           | ADMINISTRATOR   | -
Notice                                             | oneself                 | everybody       | -
Notice                                             | somebody else           | nobody          | -
SupportRequest                                     | all                     | OFFICERS        | -
"""
"""Who looks stands apart from a grant unless they are recused from it, or are of its campaign: belong to that or to the
organization that runs it, or did so since the grant was drafted. Who is both is called recused. Of private changes the
scores alone are of a grant; from all others everybody stands apart.

What belongs to a resource is live when that is; authors, series and publishers are when something of theirs is, and
publishers of periodicals always are.

Events "of its people or grants" are of members, roles, requests for support, grants and their parts, whenever. Those of
notices, programs, the ledger and fiscal years, and of who reviewed, approved or was recused, are of no campaign.
"""

FIELDS = """
fields of         | which all who see the row can read; of relations, the rows that they see
ApiToken          | id name scopes expiresAt lastUsedAt revokedAt createdAt
Approval          | id grant approver amount reason createdAt provenance
Attachment        | id grant name mediaType size digest url createdAt provenance
AudienceTag       | id resource campaignKind state form specificity popularity reason basis provenance
Author            | id name resources provenance
BallotMeasure     | id campaign question kind electionOn electionOnPrecision dateInferred votesFor votesAgainst margin
BallotMeasure     | percentFor percentAgainst passed resultStatus yesMeans fundPosition formBefore formAfter note asOf
BallotMeasure     | confidence version activity sources provenance
BudgetLine        | id grant place description amount provenance
Campaign          | id title summary kind route stage outcome community organization openedOn electionOn
Campaign          | electionOnPrecision dateInferred measures grants resources milestones members supportEngagements
Campaign          | contributions recommendedResources activity publishedAt version provenance
CampaignMember    | id campaign person provenance
Community         | id geoid ocdId name shortName kind state countyGeoid countyName population populationYear
Community         | populationSource latitude longitude website websiteSource formOfGovernment formAsOf formAsOfPrecision
Community         | formConfidence formSource forms chiefOfficialTitle homeRuleCharterYear campaigns grants
Community         | contributions provenance
Contribution      | id campaign community amount source note provenance
Disbursement      | id grant number amount returned lobbying dueOn status statusSince approvedBy paidOn paidBy
Disbursement      | paymentReference reason version activity provenance
Event             | id number at action entityId actor campaign changes previousHash hash
EventChange       | id place field before after private privateValues
FiscalYear        | id year startsOn endsOn lobbyingCap lobbying lobbyingLeft version activity provenance
FormPeriod        | id community form mayorStrength localName detail chiefOfficialTitle hasChiefAdministrativeOfficer
FormPeriod        | legalBasis effectiveFrom effectiveTo lockedUntil basis observedOn observedOnPrecision dateInferred
FormPeriod        | confidence source provenance
Format            | id kind mediaType sizeBytes resource provenance
FundingProgram    | id name fiscalYear grantMinimum grantMaximum matchingPolicy matchPercent approvesAfterElection
FundingProgram    | reviewsNeeded opensOn closesOn closedAt grants entries activity version provenance
Grant             | id campaign community program status statusSince purpose awarded disbursed submittedAt decidedAt
Grant             | closedAt budget attachments conditions matches disbursements reports reviews approvals recusals
Grant             | duties entries activity version provenance
GrantCondition    | id grant kind text metAt metBy evidence version activity provenance
GrantDuty         | id grant person duty createdAt
GrantReport       | id grant kind dueOn status statusSince text spent submittedAt reason version activity provenance
HubSection        | id topic slug title rule position size windowDays resources version provenance
LedgerEntry       | id program grant disbursement kind amount recordedBy createdAt provenance
MatchCommitment   | id grant giver amount verifiedAt verifiedBy evidence version activity provenance
Milestone         | id campaign kind dueOn doneOn note version activity provenance
Notice            | id kind text campaign milestone grant createdAt readAt
Organization      | id name kind community website campaigns activity provenance
Periodical        | id name publisher issues provenance
PeriodicalIssue   | id label publishedOn publishedOnPrecision periodical resource resources provenance
Person            | id name email active version roles tokens memberships activity provenance
PracticeArea      | id slug name summary position resources provenance
PracticeAreaTag   | id resource practiceArea basis provenance
PrintItem         | id resource label available leadTimeDays canShipBy version provenance
PrintOrder        | id person campaign state recipient address neededOn note reason lines shippedAt createdAt activity
PrintOrder        | version provenance
PrintOrderLine    | id order item quantity reserved shipped cancelled backordered provenance
PrivateChange     | id before after
ProcedureRule     | id state route appliesTo thresholdPercent thresholdBase daysBeforeElection approvalPercent
ProcedureRule     | signaturesNeeded citation note provenance
Publisher         | id name url resources periodicals provenance
Recusal           | id grant person reason createdAt provenance
Resource          | id slug title summary kind finerKind publisher authors linkKind formats language languageBasis
Resource          | editionLabel publishedOn publishedOnPrecision access popularity topics practiceAreas
Resource          | practiceAreaTags audiences series issues printItems campaigns activity revision liveFrom liveUntil
Resource          | translations provenance
Responsibility    | id slug name summary position provenance
Review            | id grant reviewer need feasibility localSupport budget recommendation comment createdAt provenance
RoleAssignment    | id person role scope
Series            | id name summary parts provenance
SeriesPart        | id number series resource provenance
Source            | id title publisher url licence attribution retrievedOn provenance
State             | id code name fips population populationYear populationSource communities provenance
SupportEngagement | id campaign kind givenOn inKindValue lobbying description activity provenance
SupportRequest    | id name email community kind message state reason campaign createdAt decidedAt version provenance
SupportRequest    | activity
Topic             | id slug name summary parent topics sections resources activity version provenance
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
"""
"""Of what they do not see, others get NotFound. A token of whom no permission is left to give one is InvalidValue."""

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
