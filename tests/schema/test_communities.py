"""Communities as clients find them: real ones, with what is known and what is not."""

from tests.asking import Asker


async def test_sacramento_kept_its_form_twice(ask: Asker) -> None:
    data = await ask("""{ community(by: {geoid: "0664000"}) {
      geoid ocdId name shortName kind state { code name } countyName population populationYear latitude longitude
      website formOfGovernment formAsOf formConfidence formSource { title } populationSource { title }
      campaigns(orderBy: {field: ELECTION_ON}) { totalCount nodes { title kind stage outcome electionOn route } } } }""")

    assert data["community"] == {
        "geoid": "0664000",
        "ocdId": "ocd-division/country:us/state:ca/place:sacramento",
        "name": "Sacramento city",
        "shortName": "Sacramento",
        "kind": "CITY",
        "state": {"code": "CA", "name": "California"},
        "countyName": "Sacramento County",
        "population": 525_041,
        "populationYear": 2021,
        "latitude": 38.58157,
        "longitude": -121.4944,
        "website": "https://www.cityofsacramento.org/",
        "formOfGovernment": "COUNCIL_MANAGER",
        "formAsOf": "2020-11-03",
        "formConfidence": "MEDIUM",
        "formSource": {"title": data["community"]["formSource"]["title"]},
        "populationSource": {"title": data["community"]["populationSource"]["title"]},
        "campaigns": {
            "totalCount": 2,
            "nodes": [
                {
                    "title": f"Sacramento, CA: retention vote of {year}",
                    "kind": "RETENTION",
                    "stage": "DECIDED",
                    "outcome": "RETAINED",
                    "electionOn": day,
                    "route": None,
                }
                for year, day in ((2014, "2014-11-04"), (2020, "2020-11-03"))
            ],
        },
    }


async def test_47_townships_of_indiana_are_called_jackson(ask: Asker) -> None:
    data = await ask("""{ communities(
      filter: {shortName: {eq: "Jackson"}, kind: {eq: TOWNSHIP}, state: {code: {eq: "IN"}}}, first: 100
    ) { totalCount nodes { geoid name } } }""")

    nodes = data["communities"]["nodes"]
    assert data["communities"]["totalCount"] == len({node["geoid"] for node in nodes}) == 47
    assert {node["name"] for node in nodes} == {"Jackson township"}


async def test_la_canada_flintridge_keeps_its_tilde_and_is_found_without_it(ask: Asker) -> None:
    for text in ("La Cañada", "la canada", "LA  CANADA"):
        data = await ask(
            "query ($text: String) { communities(filter: {name: {startsWith: $text}}) { nodes { name } } }", text=text
        )
        assert data == {"communities": {"nodes": [{"name": "La Cañada Flintridge city"}]}}


async def test_an_unknown_population_is_null_and_zero_is_zero(ask: Asker) -> None:
    data = await ask("""{
      empty: communities(filter: {population: {eq: 0}}, first: 1) { totalCount nodes { name population } }
      unknown: community(by: {geoid: "1321017"}) { name population populationYear populationSource { title } latitude }
    }""")

    assert data["empty"] == {"totalCount": 11, "nodes": [{"name": "Aldora town", "population": 0}]}
    assert data["unknown"] == {
        "name": "Cusseta-Chattahoochee County unified government",
        "population": None,
        "populationYear": None,
        "populationSource": None,
        "latitude": None,
    }


async def test_what_is_known_of_forms_is_said_with_its_source(ask: Asker) -> None:
    data = await ask("""{
      known: communities(filter: {formOfGovernment: {isNull: false}}) { totalCount }
      massachusetts: communities(
        filter: {formOfGovernment: {isNull: false}, formConfidence: {eq: HIGH}, state: {code: {eq: "MA"}}}
      ) { totalCount }
      state(code: "MA") { communities(filter: {shortName: {eq: "Cambridge"}}) { nodes {
        formOfGovernment formAsOf formAsOfPrecision formConfidence
        forms { nodes { form basis observedOn observedOnPrecision effectiveFrom confidence source { attribution } } } } } }
    }""")

    assert data["known"] == {"totalCount": 387}
    assert data["massachusetts"] == {"totalCount": 351}
    [cambridge] = data["state"]["communities"]["nodes"]
    [period] = cambridge.pop("forms")["nodes"]
    assert cambridge == {
        "formOfGovernment": "COUNCIL_MANAGER",
        "formAsOf": "2019-08-01",
        "formAsOfPrecision": "MONTH",
        "formConfidence": "HIGH",
    }
    assert period.pop("source")["attribution"]
    assert period == {
        "form": "COUNCIL_MANAGER",
        "basis": "DIRECTORY",
        "observedOn": "2019-08-01",
        "observedOnPrecision": "MONTH",
        "effectiveFrom": None,
        "confidence": "HIGH",
    }


async def test_a_state_lists_its_communities(ask: Asker) -> None:
    data = await ask(
        '{ state(code: "RI") { code name fips population communities { totalCount } } states { totalCount } }'
    )

    assert data == {
        "state": {
            "code": "RI",
            "name": "Rhode Island",
            "fips": "44",
            "population": 1_095_610,
            "communities": {"totalCount": 44},
        },
        "states": {"totalCount": 52},
    }


async def test_what_does_not_exist_is_null(ask: Asker) -> None:
    assert await ask('{ community(by: {geoid: "0000000"}) { name } state(code: "ZZ") { name } }') == {
        "community": None,
        "state": None,
    }
