"""A server that hostile requests are sent to answers each as the table says, cheaply, and others beside it."""

import re
from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from tests.edge.hostile import ENDLESS, OHIO, TABLE, Hostile, asked, shaped
from tests.edge.leaks import LEAK
from tests.edge.sending import Answer, Watcher, cpu_seconds, memory, send
from tests.test_serving import serving

CPU, WAIT = 0.05, 1.0
"""Seconds: of the processor for a request that is refused, and that others wait at most."""
SLACK = 5
"""Bare times depend on the machine and on what else it does."""
GROWTH = 100_000_000
SHAPES = 40
"""Filters that are compiled each for itself: more of them at once than this, and their caller would have to wait."""
LONGEST = 20_000
"""Bytes of an answer that says no."""


class Served:
    """A server with the packaged data: its process and its port."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as (process, printed):
        [port] = re.findall(r"http://[\d.]+:(\d+)/graphql", printed[-1])
        served = Served(process.pid, int(port))
        for document in (OHIO, "{ nothing }", "query ($a: Int) { states(first: $a) { totalCount } }"):
            send(served.port, asked(document))  # what the first request of each kind brings with it is not measured
        yield served


def wrong(hostile: Hostile, answer: Answer) -> str:
    """What is wrong with an answer, in words; nothing when it is as the table says."""
    if answer.headers.get("content-type", "").split(";")[0] not in (
        "application/json",
        "application/graphql-response+json",
    ):
        return f"{hostile.name}: {answer.status} is no JSON: {answer.body[:100]!r}"
    told = (answer.status, answer.codes)
    if told != (hostile.status, {hostile.code} - {None}):
        return f"{hostile.name}: {told} {answer.body[:300]!r}"
    if hostile.limit and answer.json["errors"][0]["extensions"]["limit"]["name"] != hostile.limit:
        return f"{hostile.name}: {answer.json['errors'][0]['extensions']}"
    if LEAK.search(answer.body.decode()):
        return f"{hostile.name} leaks: {answer.body[:300]!r}"
    if hostile.code and len(answer.body) > LONGEST:
        return f"{hostile.name}: {len(answer.body):,} bytes"
    return ""


def test_the_table_is_long_enough_and_names_each_request_once() -> None:
    assert len(TABLE) >= 60
    assert len({hostile.name for hostile in TABLE}) == len(TABLE)


def test_hostile_requests_are_refused_cheaply_while_others_are_answered(served: Served) -> None:
    start = memory(served.pid)
    seconds = {}
    faults = []
    for hostile in TABLE:
        before = cpu_seconds(served.pid)
        answer = send(served.port, hostile.parts)
        seconds[hostile.name] = cpu_seconds(served.pid) - before
        faults.append(wrong(hostile, answer))
    refused = {hostile.name: seconds[hostile.name] for hostile in TABLE if hostile.code}
    watcher = Watcher(served.port, OHIO)
    with watcher.watching():
        for hostile in TABLE:
            send(served.port, hostile.parts)
    growth = memory(served.pid) - start

    dearest = sorted(seconds.items(), key=lambda one: -one[1])[:12]
    told = [f"{1000 * each:8.1f} ms of CPU: {name}" for name, each in dearest]
    told += [f"{len(TABLE)} requests, twice: {growth / 1e6:.0f} MB more"]
    told += [f"of {len(watcher.waits)} requests beside them one waited {max(watcher.waits):.3f} s"]
    print(*told, sep="\n")  # noqa: T201  # what a proof says of itself
    assert "\n".join(fault for fault in faults if fault) == ""
    assert watcher.wrong == []
    assert max(watcher.waits) < WAIT * SLACK
    assert growth < GROWTH
    assert {name: each for name, each in refused.items() if each > CPU * SLACK} == {}


def test_filters_of_ever_new_shapes_hold_nobody_up(served: Served) -> None:
    watcher = Watcher(served.port, OHIO)
    with watcher.watching():
        answers = [send(served.port, shaped(number)) for number in range(SHAPES)]

    assert {answer.status for answer in answers} == {200}
    assert watcher.wrong == []
    assert max(watcher.waits) < WAIT * SLACK


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_becomes_a_request_is_cut_off(served: Served, name: str) -> None:
    opening, more = ENDLESS[name]
    before = memory(served.pid)

    answer = send(served.port, chain([opening], repeat(more)))

    assert (answer.status, answer.codes) == (431, {"BAD_REQUEST"})
    assert answer.json["errors"][0]["message"] == "The headers are larger than 65,536 bytes, the most that is taken."
    assert memory(served.pid) - before < GROWTH / 10
