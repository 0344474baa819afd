"""The part of the table of rights that names what all who see a row can read; the rest is in matrix.py."""

FIELDS = """
fields of         | which all who see the row can read; of relations, the rows that they see
AdvisorActivity   | id assignment kind doneOn minutes recordedBy provenance
AdvisorConflict   | id advisor community hiringRequest kind createdAt provenance
ApiToken          | id name scopes expiresAt lastUsedAt revokedAt createdAt provenance
Approval          | id grant approver amount reason createdAt provenance
Assignment        | id hiringRequest advisor state why reason createdAt endedAt activities version provenance
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
Community         | contributions hiringRequests managerPlacements provenance
Contribution      | id campaign community amount source note provenance
Disbursement      | id grant number amount returned lobbying dueOn status statusSince approvedBy paidOn paidBy
Disbursement      | paymentReference reason version activity provenance
Event             | id number at action entityId actor campaign changes provenance previousHash hash
EventChange       | id place field before after private privateValues
FellowPlacement   | id cohort community state startsOn endsOn createdAt version provenance
FellowshipCohort  | id program name stage stageSince reason applicationsOpenOn applicationsCloseOn startsOn endsOn seats
FellowshipCohort  | taken placements version activity provenance
FiscalYear        | id year startsOn endsOn lobbyingCap lobbying lobbyingLeft version activity provenance
FollowUp          | id placement months dueOn doneOn version provenance
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
GrantDuty         | id grant person duty createdAt provenance
GrantReport       | id grant kind dueOn status statusSince text spent submittedAt reason version activity provenance
HiringRequest     | id community campaign person firstManager creationRoute interimNeeded searchMode practiceAreas budget
HiringRequest     | targetOn stage stageSince heldStage reason assignments placements createdAt version activity provenance
HubSection        | id topic slug title rule position size windowDays resources version provenance
LedgerEntry       | id program grant disbursement kind amount recordedBy createdAt provenance
ManagerPlacement  | id hiringRequest community title firstManager appointedOn startsOn daysToAppointment followUps
ManagerPlacement  | publishedAt version activity provenance
MatchCommitment   | id grant giver amount verifiedAt verifiedBy evidence version activity provenance
Milestone         | id campaign kind dueOn doneOn note version activity provenance
Notice            | id kind text campaign milestone grant hiringRequest createdAt readAt provenance
Organization      | id name kind community website campaigns activity provenance
Periodical        | id name publisher issues provenance
PeriodicalIssue   | id label publishedOn publishedOnPrecision periodical resource resources provenance
Person            | id name email active version roles tokens memberships activity provenance
PracticeArea      | id slug name summary position resources programs provenance
PracticeAreaTag   | id resource practiceArea basis provenance
PrintItem         | id resource label available leadTimeDays canShipBy version provenance
PrintOrder        | id person campaign state recipient address neededOn note reason lines shippedAt createdAt activity
PrintOrder        | version provenance
PrintOrderLine    | id order item quantity reserved shipped cancelled backordered provenance
PrivateChange     | id before after
ProcedureRule     | id state route appliesTo thresholdPercent thresholdBase daysBeforeElection approvalPercent
ProcedureRule     | signaturesNeeded citation note provenance
Program           | id slug name summary kind kindBasis provider url resource state practiceAreas sessions cohorts
Program           | scholarships publishedAt version activity provenance
Publisher         | id name url resources periodicals provenance
Recusal           | id grant person reason createdAt provenance
Resource          | id slug title summary kind finerKind publisher authors linkKind formats language languageBasis
Resource          | editionLabel publishedOn publishedOnPrecision access popularity topics practiceAreas
Resource          | practiceAreaTags audiences series issues printItems campaigns activity revision liveFrom liveUntil
Resource          | translations programs provenance
Responsibility    | id slug name summary position provenance
Review            | id grant reviewer need feasibility localSupport budget recommendation comment createdAt provenance
RoleAssignment    | id person role scope provenance
Scholarship       | id program name eligibility amount deadlineOn state url cancelledAt version activity provenance
SeniorAdvisor     | id name biography person states active assignments conflicts version activity provenance
Series            | id name summary parts provenance
SeriesPart        | id number series resource provenance
Session           | id program title startsOn endsOn startsAt endsAt timeZone mode place state price capacity registered
Session           | seatsLeft hasSeats registrationUrl registrationClosesOn cancelledAt reason version activity provenance
Source            | id title publisher url licence attribution retrievedOn provenance
State             | id code name fips population populationYear populationSource communities advisors provenance
StudentChapter    | id name university state community url foundedOn active version provenance
SupportEngagement | id campaign kind givenOn inKindValue lobbying description activity provenance
SupportRequest    | id name email community kind message state reason campaign createdAt decidedAt version provenance
SupportRequest    | activity
Topic             | id slug name summary parent topics sections resources activity version provenance
"""
