"""Campaigns and their votes as clients find them."""

from tests.asking import Asker


async def test_the_closest_vote_is_saratoga_springs_in_2017(ask: Asker) -> None:
    data = await ask("""{ ballotMeasures(first: 1, orderBy: {field: MARGIN}) { nodes {
      question kind electionOn electionOnPrecision dateInferred votesFor votesAgainst margin percentFor percentAgainst
      passed resultStatus yesMeans fundPosition formBefore formAfter confidence provenance note
      campaign { title outcome community { shortName state { code } } } sources { nodes { title url } } } } }""")

    [vote] = data["ballotMeasures"]["nodes"]
    assert vote["note"].startswith("Unofficial count after absentee ballots")
    assert vote | {"note": ""} == {
        "question": "Change from commission to council-manager",
        "kind": "ADOPTION",
        "electionOn": "2017-11-07",
        "electionOnPrecision": "DAY",
        "dateInferred": False,
        "votesFor": 4_448,
        "votesAgainst": 4_458,
        "margin": 10,
        "percentFor": 49.94,
        "percentAgainst": 50.06,
        "passed": False,
        "resultStatus": "REPORTED",
        "yesMeans": None,
        "fundPosition": None,
        "formBefore": "COMMISSION",
        "formAfter": "COMMISSION",
        "confidence": "MEDIUM",
        "provenance": "REPORTED",
        "note": "",
        "campaign": {
            "title": "Saratoga Springs, NY: adoption vote of 2017",
            "outcome": "REJECTED",
            "community": {"shortName": "Saratoga Springs", "state": {"code": "NY"}},
        },
        "sources": {
            "nodes": [
                {
                    "title": "The Saratogian, 2017-11-15",
                    "url": "http://www.pressreader.com/usa/the-saratogian-saratoga-ny/20171115/281543701214542",
                }
            ]
        },
    }


async def test_percentages_are_as_stated_or_of_both_totals_or_unknown(ask: Asker) -> None:
    document = """query ($place: String!) { campaigns(filter: {community: {shortName: {eq: $place}}}, first: 1) {
      nodes { measures(first: 1) { nodes { percentFor percentAgainst margin } } } } }"""

    async def figures(place: str) -> tuple[float | None, float | None, int | None]:
        [campaign] = (await ask(document, place=place))["campaigns"]["nodes"]
        [measure] = campaign["measures"]["nodes"]
        return measure["percentFor"], measure["percentAgainst"], measure["margin"]

    assert await figures("League City") == (73.0, 27.0, 1_277)
    assert await figures("Tacoma") == (34.46, 65.54, 10_442)
    assert await figures("Kenneth City") == (61.0, None, None)
    assert await figures("Canton") == (None, None, None)


async def test_competing_questions_of_one_day_are_one_campaign(ask: Asker) -> None:
    data = await ask("""{ campaigns(filter: {community: {geoid: {in: ["2508130", "41011"]}}}) { nodes {
      title kind outcome measures { totalCount nodes { kind passed } } } } }""")

    assert data["campaigns"]["nodes"] == [
        {
            "title": "Coos County, OR: adoption vote of 2012",
            "kind": "ADOPTION",
            "outcome": "REJECTED",
            "measures": {
                "totalCount": 2,
                "nodes": data["campaigns"]["nodes"][0]["measures"]["nodes"],
            },
        },
        {
            "title": "Bridgewater, MA: adoption vote of 2010",
            "kind": "ADOPTION",
            "outcome": "ADOPTED",
            "measures": {"totalCount": 2, "nodes": data["campaigns"]["nodes"][1]["measures"]["nodes"]},
        },
    ]
    votes = [
        sorted((one["kind"], one["passed"]) for one in campaign["measures"]["nodes"])
        for campaign in data["campaigns"]["nodes"]
    ]
    assert votes == [[("ADOPTION", False), ("OTHER", False)], [("ADOPTION", False), ("ADOPTION", True)]]


async def test_a_month_or_year_is_all_that_some_dates_say(ask: Asker) -> None:
    document = """query ($precision: DatePrecision, $inferred: Boolean) { campaigns(
      filter: {electionOnPrecision: {eq: $precision}, dateInferred: {eq: $inferred}}) { totalCount } }"""

    async def count(precision: str, inferred: bool) -> int:
        total: int = (await ask(document, precision=precision, inferred=inferred))["campaigns"]["totalCount"]
        return total

    assert [await count("DAY", False), await count("DAY", True)] == [25, 14]
    assert [await count("MONTH", False), await count("YEAR", False)] == [11, 2]
    assert [await count("MONTH", True), await count("YEAR", True)] == [0, 0]


async def test_there_are_52_campaigns_and_54_measures(ask: Asker) -> None:
    data = await ask("""{
      campaigns { totalCount } ballotMeasures { totalCount } milestones { totalCount } organizations { totalCount }
      adoption: campaigns(filter: {kind: {eq: ADOPTION}}) { totalCount }
      retention: campaigns(filter: {kind: {eq: RETENTION}}) { totalCount }
      other: campaigns(filter: {kind: {eq: CHARTER_CHANGE}}) { totalCount }
      undecided: campaigns(filter: {or: [{outcome: {isNull: true}}, {stage: {ne: DECIDED}}]}) { totalCount }
    }""")

    assert {name: found["totalCount"] for name, found in data.items()} == {
        "campaigns": 52,
        "ballotMeasures": 54,
        "milestones": 0,
        "organizations": 0,
        "adoption": 29,
        "retention": 18,
        "other": 5,
        "undecided": 0,
    }
