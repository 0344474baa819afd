"""What calendars hold, read by a parser that did not write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from fund_api.careers import calendars
from fund_api.careers.calendar_entries import calendar_of
from fund_api.careers.calendars import Edition
from fund_api.core.database import Database
from tests.careers.offers import BEGUN, NOW, Offers, Row
from tests.careers.reading_calendars import Read, read, session
from tests.rows import table

TODAY = NOW.date()
DAY = timedelta(days=1)


async def edition(database: Database, name: str, now: datetime = NOW) -> Edition:
    async with database.snapshot() as connection:
        found = await calendars.edition(connection, name, now)
    assert found is not None
    return found


async def written(database: Database, name: str = "all", now: datetime = NOW) -> list[Read]:
    async with database.snapshot() as connection:
        found = await calendars.edition(connection, name, now)
        assert found is not None
        rows = await calendars.content(connection, found, now)
    return read(calendar_of(found.title, rows))


async def titles(database: Database, name: str = "all", now: datetime = NOW) -> list[str]:
    return [entry.said("summary") for entry in await written(database, name, now)]


async def test_a_session_says_when_where_and_what(database: Database) -> None:
    it = Offers()
    program = it.program("Academy", url="https://example.org/academy", version=3)
    begins, ends = datetime(2026, 5, 4, 13, tzinfo=UTC), datetime(2026, 5, 4, 16, 30, tzinfo=UTC)
    about = {"mode": "HYBRID", "place": "City Hall, Troy; Room 2", "version": 2, "updated_at": NOW}
    joined = {"registration_url": "https://example.org/join?day=1,2", "registration_closes_on": date(2026, 5, 1)}
    session = it.hours(program, "Budgets", begins, ends, "America/New_York", **about, **joined)
    await it.save(database)

    deadline, entry = await written(database)

    assert entry.span == (begins, ends)
    assert {name: entry.said(name) for name in ("uid", "summary", "location", "url", "status", "sequence")} == {
        "uid": f"{session}@fund-api",
        "summary": "Budgets",
        "location": "City Hall, Troy; Room 2",
        "url": "https://example.org/join?day=1,2",
        "status": "CONFIRMED",
        "sequence": "3",
    }
    assert entry.said("description").split("\n") == [
        "Program: Academy",
        "One can attend online, too.",
        "Last day to register: 2026-05-01",
    ]
    assert (entry.said("dtstamp"), entry.said("last_modified")) == (NOW, NOW)
    assert (entry.said("categories"), entry.said("transp")) == (["WORKSHOP"], None)
    assert deadline.said("uid") == f"{session}-registration@fund-api"


async def test_deadlines_are_whole_days_on_which_nobody_is_busy(database: Database) -> None:
    it = Offers()
    program = it.program("Fellows", kind="FELLOWSHIP")
    it.session(program, "Seminar", registration_closes_on=date(2026, 4, 1), mode="IN_PERSON", place="Here")
    cohort = it.cohort(program, "Class of 2027", date(2026, 4, 2))
    money = it.scholarship(program, "Books", date(2026, 4, 3), url="https://example.org/books")
    await it.save(database)

    first, second, third, session = await written(database)

    assert [entry.said("summary") for entry in (first, second, third)] == [
        "Last day to register: Seminar",
        "Last day to apply: Fellows: Class of 2027",
        "Last day to apply: Books",
    ]
    assert [entry.span for entry in (first, second, third, session)] == [
        (date(2026, 4, 1), date(2026, 4, 2)),
        (date(2026, 4, 2), date(2026, 4, 3)),
        (date(2026, 4, 3), date(2026, 4, 4)),
        (date(2026, 5, 4), date(2026, 5, 5)),
    ]
    for entry in (first, second, third):
        assert (entry.said("transp"), entry.said("categories")) == ("TRANSPARENT", ["DEADLINE", "FELLOWSHIP"])
        assert entry.other.dtstart.params == {"VALUE": ["DATE"]}
    assert (second.said("uid"), third.said("uid")) == (f"{cohort}@fund-api", f"{money}@fund-api")
    assert (second.said("url"), third.said("url")) == (None, "https://example.org/books")


async def test_a_calendar_has_what_is_for_its_state_and_what_is_for_all(database: Database) -> None:
    it = Offers()
    national, local = it.program("National"), it.program("Local", state="OH")
    place = {"mode": "IN_PERSON", "place": "Troy"}
    it.session(national, "Online for all")
    it.session(national, "In Ohio", state="OH", **place)
    it.session(national, "In California", state="CA", **place)
    it.session(local, "Online for Ohio")
    it.session(local, "Of Ohio in Colorado", state="CO", **place)
    it.scholarship(national, "For all", date(2026, 6, 1))
    it.scholarship(national, "For California", date(2026, 6, 1), state="CA")
    it.scholarship(local, "For Ohio", date(2026, 6, 1))
    it.cohort(local, "Class", date(2026, 6, 2))
    await it.save(database)

    seen = {name: sorted(one.split(": ")[-1] for one in await titles(database, name)) for name in ("OH", "ca", "All")}

    assert seen == {
        "OH": ["Class", "For Ohio", "For all", "In Ohio", "Online for Ohio", "Online for all"],
        "ca": ["For California", "For all", "In California", "Online for all"],
        "All": [
            *("Class", "For California", "For Ohio", "For all", "In California", "In Ohio"),
            *("Of Ohio in Colorado", "Online for Ohio", "Online for all"),
        ],
    }


async def test_drafts_are_in_no_calendar(database: Database) -> None:
    it = Offers()
    draft = it.program(published_at=None)
    it.session(draft, registration_closes_on=date(2026, 5, 1))
    it.cohort(draft, "Class", date(2026, 5, 2))
    it.scholarship(draft, "Books", date(2026, 5, 3))
    await it.save(database)

    assert await written(database) == []


async def test_what_was_cancelled_stays_as_cancelled(database: Database) -> None:
    it = Offers()
    program = it.program()
    gone: Row = {"cancelled_at": NOW, "reason": "Too few\r\ncame."}
    it.session(program, "Seminar", registration_closes_on=date(2026, 5, 1), **gone)
    it.cohort(program, "Class", date(2026, 5, 2), stage="CANCELLED", reason="No money")
    it.scholarship(program, "Books", date(2026, 5, 3), cancelled_at=NOW)
    it.scholarship(program, "Travel", date(2026, 5, 5))
    await it.save(database)

    found = await written(database)

    assert [entry.said("status") for entry in found] == [*["CANCELLED"] * 4, "CONFIRMED"]
    assert found[3].said("description") == "Program: Academy\nIt was cancelled: Too few came."


async def test_a_deadline_that_ended_before_its_day_is_in_no_calendar(database: Database) -> None:
    it = Offers()
    program = it.program("Fellows", kind="FELLOWSHIP")
    for stage in ("PLANNED", "OPEN", "SELECTING", "UNDERWAY", "COMPLETED", "CANCELLED"):
        for ahead in (-20, 0, 20):
            it.cohort(program, f"{stage} {ahead}", TODAY + ahead * DAY, stage=stage, reason="So it is.")
    await it.save(database)

    found = [title.removeprefix("Last day to apply: Fellows: ") for title in await titles(database)]

    stand = ("PLANNED", "OPEN", "CANCELLED")
    passed = (*stand, "SELECTING", "UNDERWAY", "COMPLETED")
    assert sorted(found) == sorted(
        [f"{stage} -20" for stage in passed] + [f"{stage} {ahead}" for stage in stand for ahead in (0, 20)]
    )


async def test_what_is_fictional_says_so_once(database: Database) -> None:
    it = Offers()
    program = it.program("Academy (fictional)", provenance="FICTIONAL")
    it.session(program, "A day", provenance="FICTIONAL")
    it.scholarship(program, "Books (fictional)", date(2026, 6, 1), provenance="FICTIONAL")
    await it.save(database)

    assert await titles(database) == ["A day (fictional)", "Last day to apply: Books (fictional)"]


async def test_a_calendar_goes_from_90_days_ago_to_2_years_ahead(database: Database) -> None:
    it = Offers()
    program = it.program()
    for ago in (91, 90, 0, -730, -731):
        it.session(program, f"{ago} ago", starts_on=TODAY - ago * DAY)
    it.session(program, "long", starts_on=TODAY - 300 * DAY, ends_on=TODAY - 90 * DAY)
    await it.save(database)

    assert await titles(database) == ["long", "90 ago", "0 ago", "-730 ago"]


async def test_a_full_calendar_has_the_next_ones_then_the_last_ones(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = Offers()
    program = it.program()
    for ahead in (-40, -3, 5, 9):
        it.session(program, f"session {ahead}", starts_on=TODAY + ahead * DAY)
    it.session(program, "going on", starts_on=TODAY - 30 * DAY, ends_on=TODAY)
    for ahead in (-2, 0, 7):
        it.scholarship(program, f"{ahead}", TODAY + ahead * DAY)
    await it.save(database)

    for most, names in (
        (4, ["going on", "Last day to apply: 0", "session 5", "Last day to apply: 7"]),
        (
            6,
            [
                "going on",
                "Last day to apply: -2",
                "Last day to apply: 0",
                "session 5",
                "Last day to apply: 7",
                "session 9",
            ],
        ),
    ):
        monkeypatch.setattr(calendars, "MOST", most)
        assert await titles(database) == names


HOSTILE = [
    ("a, b; c: d \\ e", "a, b; c: d \\ e"),
    ("two\nlines\r\nof\rtext", "two lines of text"),
    ("END:VEVENT\nBEGIN:VEVENT\r\nSUMMARY:Other", "END:VEVENT BEGIN:VEVENT SUMMARY:Other"),
    ("a bell\x07 and an escape\x1b[0m, deleted\x7f", "a bell and an escape [0m, deleted"),
    ("👩‍👩‍👧 Família ñ" * 9 + "日本語" * 20, "👩‍👩‍👧 Família ñ" * 9 + "日本語" * 20),
    ("x" * 200, "x" * 200),
    ("\"quoted\" = 'too' \\n \\, \\;", "\"quoted\" = 'too' \\n \\, \\;"),
]


@pytest.mark.parametrize(("title", "shown"), HOSTILE)
def test_long_and_odd_titles_are_kept_as_one_line(title: str, shown: str) -> None:
    [entry] = read(calendar_of("Odd", [session(title=title, place=title, program_name=title)]))

    assert (entry.said("summary"), entry.said("location")) == (shown, shown)
    assert (entry.own["summary"], entry.said("description")) == (shown, f"Program: {shown}")


@pytest.mark.parametrize(
    "url", ["https://example.org/\nATTACH:1", "javascript:alert(1)", "https://example.org/a b", "x"]
)
def test_what_is_no_web_address_is_left_out(url: str) -> None:
    [entry] = read(calendar_of("Odd", [session(url=url)]))

    assert set(entry.other.contents) == {
        *("uid", "summary", "dtstamp", "last-modified", "sequence", "status", "dtstart", "dtend"),
        *("categories", "location", "description"),
    }


async def test_a_calendar_without_entries_is_one_still(database: Database) -> None:
    assert await written(database) == []
    body = calendar_of("Ohio", [])
    assert body.count(b"BEGIN:VTIMEZONE") == 1


async def test_there_is_no_calendar_of_what_is_no_state(database: Database) -> None:
    it = Offers()
    it.state("OH")
    await it.save(database)
    async with database.snapshot() as connection:
        assert [await calendars.edition(connection, name, NOW) for name in ("US", "CA", "", "%", "OHI")] == [None] * 5


async def test_an_edition_changes_with_every_write_and_every_day(database: Database) -> None:
    it = Offers()
    program = it.program()
    it.session(program)
    it.state("OH")
    await it.save(database)
    before = await edition(database, "OH")
    assert before == await edition(database, "oh", NOW + timedelta(hours=8))
    assert before.changed_at == datetime(2026, 3, 2, tzinfo=UTC)

    tags = {before.tag, (await edition(database, "all")).tag, (await edition(database, "OH", NOW + DAY)).tag}
    changes: tuple[tuple[str, dict[str, object]], ...] = (
        ("program", {"updated_at": BEGUN, "version": 2, "published_at": None}),
        ("program_session", {"updated_at": NOW, "version": 2}),
    )
    for name, values in changes:
        async with database.writing() as connection:
            await connection.execute(sa.update(table(name)).values(values))
        tags.add((await edition(database, "OH")).tag)

    assert len(tags) == 5
    assert (await edition(database, "OH")).changed_at == NOW
