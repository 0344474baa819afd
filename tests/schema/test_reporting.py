"""What reporting clients ask."""

from collections import Counter, defaultdict
from pathlib import Path

import schema
from fund_api.core.database import Database
from tests.asking import REPORTER, Asker, asking
from tests.granting import Fund, day
from tests.rows import packaged

WIN_RATES = (Path(schema.__file__).parent / "operations/reporting/WinRates.graphql").read_text(encoding="utf-8")


async def test_question_10_win_rate_by_kind_and_year(ask: Asker) -> None:
    data = await ask(WIN_RATES)

    won, decided = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for node in (await ask("{ campaigns(first: 100) { nodes { kind electionOn outcome } } }"))["campaigns"]["nodes"]:
        key = (node["kind"], int(node["electionOn"][:4]))
        decided[key] += node["outcome"] is not None
        won[key] += node["outcome"] in ("ADOPTED", "RETAINED")
    assert [(group["key"]["kind"], group["key"]["electionOnYear"]) for group in data["winRates"]["groups"]] == sorted(
        key for key in decided if decided[key]
    )
    for group in data["winRates"]["groups"]:
        key = (group["key"]["kind"], group["key"]["electionOnYear"])
        assert (group["decided"], group["won"], group["winRate"]) == (decided[key], won[key], won[key] / decided[key])


async def test_adoptions_of_the_file_are_won_where_the_change_passed(ask: Asker) -> None:
    [adoptions] = [
        group for group in (await ask(WIN_RATES))["winRatesByKind"]["groups"] if group["key"]["kind"] == "ADOPTION"
    ]
    passed: dict[tuple[str, str], bool] = defaultdict(bool)
    for vote in packaged("referenda.csv.gz"):
        if vote["kind"] == "ADOPTION":  # competing questions on one day are one campaign
            passed[vote["community_source_id"], vote["date"]] |= vote["outcome"] == "PASSED"

    assert (adoptions["won"], adoptions["decided"]) == (sum(passed.values()), len(passed)) == (18, 29)


async def test_question_10_dollars_per_community_and_per_resident(database: Database) -> None:
    fund = Fund()
    ashland, bexley = fund.community("Ashland", "OH", 20_225), fund.community("Bexley", "OH", 13_928)
    won = fund.campaign(ashland, outcome="ADOPTED", election_on=day("2025-11-04"))
    lost = fund.campaign(bexley, outcome="REJECTED", election_on=day("2025-11-04"))
    again = fund.campaign(bexley, outcome="ADOPTED", election_on=day("2026-11-03"))
    fund.grant(won, 284_550, awarded=250_000, disbursed=100_001, status="ACTIVE")
    fund.grant(lost, 500_000, awarded=499_999, disbursed=499_999, status="COMPLETED")
    fund.grant(again, 500_000, status="SUBMITTED")
    fund.contribution(lost, 100_001)
    await fund.save(database)

    async with asking(database, REPORTER) as ask:
        data = await ask(WIN_RATES, provenances=["FICTIONAL"])
        unasked = await ask(WIN_RATES)

    usd = {"currency": "USD"}
    assert [unasked[name]["totalCount"] for name in ("winRates", "dollarsByCommunity", "contributionsByCommunity")] == [
        *(0, 0, 0)  # what is made up
    ]
    assert [(group["key"]["electionOnYear"], group["winRate"]) for group in data["winRates"]["groups"]] == [
        (2025, 0.5),
        (2026, 1.0),
    ]
    assert data["dollars"]["groups"] == [
        {
            "grants": 3,
            "communities": {"count": 2, "withPopulation": 2, "residents": 34_153},
            "awarded": {
                "count": 2,
                "sum": {"amount": "7499.99", **usd},
                "perCommunity": {"amount": "3750.00"},
                "perResident": "0.2196",
            },
            "disbursed": {
                "sum": {"amount": "6000.00", **usd},
                "perCommunity": {"amount": "3000.00"},
                "perResident": "0.1757",
            },
        }
    ]
    assert [
        (group["key"]["campaignCommunityName"], group["grants"], group["awarded"], group["disbursed"]["perResident"])
        for group in data["dollarsByCommunity"]["groups"]
    ] == [
        ("Bexley", 2, {"sum": {"amount": "4999.99", **usd}, "perResident": "0.3590"}, "0.3590"),
        ("Ashland", 1, {"sum": {"amount": "2500.00", **usd}, "perResident": "0.1236"}, "0.0494"),
    ]
    assert data["contributions"]["groups"] == [
        {
            "contributions": 1,
            "communities": {"count": 1, "withPopulation": 1, "residents": 13_928},
            "amount": {
                "sum": {"amount": "1000.01", **usd},
                "perCommunity": {"amount": "1000.01"},
                "perResident": "0.0718",
            },
        }
    ]


async def test_question_10_contributions_of_the_past_are_summed_apart_from_grants(ask: Asker) -> None:
    data = await ask(WIN_RATES)

    rows = {row["community_source_id"]: row["awarded_usd"] for row in packaged("contributions.csv")}
    usd = {"currency": "USD"}
    assert data["dollars"]["groups"][0]["grants"] == data["dollarsByCommunity"]["totalCount"] == 0
    assert sum(int(amount) for amount in rows.values()) == 58_345
    assert data["contributions"]["groups"] == [
        {
            "contributions": 7,
            "communities": {"count": 7, "withPopulation": 7, "residents": 1_083_293},
            "amount": {
                "sum": {"amount": "58345.00", **usd},
                "perCommunity": {"amount": "8335.00"},
                "perResident": "0.0539",
            },
        }
    ]
    by_community = data["contributionsByCommunity"]
    assert by_community["totalCount"] == 7
    assert {
        group["key"]["communityGeoid"]: (group["contributions"], group["amount"]["sum"])
        for group in by_community["groups"]
    } == {geoid: (1, {"amount": f"{amount}.00", **usd}) for geoid, amount in rows.items()}
    assert [
        (group["key"]["communityName"], group["key"]["communityPopulation"], group["amount"]["perResident"])
        for group in by_community["groups"]
    ] == [
        ("Sacramento city", 525_041, "0.0648"),
        ("Coos County", 64_999, "0.0769"),
        ("Columbia city", 137_541, "0.0364"),
        ("Washougal city", 16_970, "0.2946"),
        ("Snohomish city", 10_154, "0.3447"),
        ("West Columbia city", 17_466, "0.1718"),
        ("McHenry County", 311_122, "0.0091"),
    ]


async def test_the_largest_contribution_comes_first_from_every_side_with_its_source(ask: Asker) -> None:
    data = await ask(
        """{
          contributions(first: 1) { totalCount nodes { amount { amount } campaign { title } source { url } note } }
          campaigns(filter: { contributions: { some: { amount: { gte: "5000.01" } } } }) {
            nodes { title contributions { nodes { amount { amount } provenance } } grants { totalCount } }
          }
          community(by: { geoid: "0664000" }) { contributions { totalCount nodes { amount { amount currency } } } }
        }"""
    )

    sacramento = "Sacramento, CA: retention vote of 2014"
    assert data["contributions"]["totalCount"] == 7
    assert data["contributions"]["nodes"] == [
        {
            "amount": {"amount": "34000.00"},
            "campaign": {"title": sacramento},
            "source": {"url": "https://icma.org/community-support"},
            "note": "Largest contribution found",
        }
    ]
    reported = [{"amount": {"amount": "34000.00"}, "provenance": "REPORTED"}]
    assert data["campaigns"]["nodes"] == [
        {"title": sacramento, "contributions": {"nodes": reported}, "grants": {"totalCount": 0}}
    ]
    assert data["community"]["contributions"] == {
        "totalCount": 1,
        "nodes": [{"amount": {"amount": "34000.00", "currency": "USD"}}],
    }
