"""Random acts on the stock: after each of them its numbers are the sums of its lines, and what a model says."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund_api.core.database import Dialect
from fund_api.core.errors import Failure
from fund_api.printing import audit
from tests.databases import Databases
from tests.printing.shop import Shop, make_shop

RUNS, STEPS = 4, 25
COPIES = st.integers(1, 40)
PICK = st.integers(0, 1_000)
STEP = st.one_of(
    st.tuples(st.just("place"), st.lists(COPIES, min_size=1, max_size=2), PICK),
    st.tuples(st.just("ship"), st.just([0]), PICK),
    st.tuples(st.just("cancel"), st.just([0]), PICK),
    st.tuples(st.just("receive"), st.lists(COPIES, min_size=1, max_size=1), PICK),
    st.tuples(st.just("count"), st.lists(st.integers(0, 60), min_size=1, max_size=1), PICK),
)
Step = tuple[str, list[int], int]


@dataclass
class Line:
    """What of an item an order has."""

    item: int
    waiting: int
    reserved: int = 0
    shipped: int = 0
    cancelled: int = 0


@dataclass
class Model:
    """Shelves and orders in plain Python."""

    shelves: list[int]
    orders: list[list[Line]] = field(default_factory=list)
    ended: set[int] = field(default_factory=set)

    def lines(self, item: int) -> list[Line]:
        return [line for order in self.orders for line in order if line.item == item]

    def settle(self, item: int) -> None:
        """Give free copies to the oldest who wait, or take missing ones from the latest who have some."""
        free = self.shelves[item] - sum(line.reserved for line in self.lines(item))
        for line in self.lines(item) if free > 0 else reversed(self.lines(item)):
            by = min(free, line.waiting) if free > 0 else max(free, -line.reserved)
            line.reserved, line.waiting, free = line.reserved + by, line.waiting - by, free - by

    def place(self, quantities: list[int], first: int) -> None:
        self.orders.append([Line((first + at) % len(self.shelves), n) for at, n in enumerate(quantities)])
        for item in range(len(self.shelves)):
            self.settle(item)

    def ship(self, number: int) -> bool:
        """Whether there was something to ship."""
        order = self.orders[number]
        if number in self.ended or not any(line.reserved for line in order):
            return False
        for line in order:
            self.shelves[line.item] -= line.reserved
            line.shipped, line.reserved = line.shipped + line.reserved, 0
        if not any(line.waiting for line in order):
            self.ended.add(number)
        return True

    def cancel(self, number: int) -> bool:
        if number in self.ended:
            return False
        self.ended.add(number)
        for line in self.orders[number]:
            line.cancelled, line.waiting, line.reserved = line.cancelled + line.waiting + line.reserved, 0, 0
            self.settle(line.item)
        return True

    def stock(self, item: int) -> tuple[int, int, int]:
        lines = self.lines(item)
        return self.shelves[item], sum(line.reserved for line in lines), sum(line.waiting for line in lines)


@dataclass
class Walk:
    """The shop and the model, side by side."""

    shop: Shop
    items: list[str]
    model: Model
    orders: list[str] = field(default_factory=list)

    async def take(self, step: Step) -> None:
        what, numbers, pick = step
        item = pick % len(self.items)
        if what == "place":
            lines = [(self.items[(item + at) % len(self.items)], n) for at, n in enumerate(numbers)]
            self.orders.append(await self.shop.place(*lines))
            self.model.place(numbers, item)
        elif what == "receive":
            await self.shop.receive(self.items[item], numbers[0])
            self.model.shelves[item] += numbers[0]
            self.model.settle(item)
        elif what == "count":
            await self.shop.count_shelf(self.items[item], numbers[0])
            self.model.shelves[item] = numbers[0]
            self.model.settle(item)
        elif self.orders:
            await self.end(what, pick % len(self.orders))

    async def end(self, what: str, number: int) -> None:
        act, expected = (self.shop.ship, self.model.ship) if what == "ship" else (self.shop.cancel, self.model.cancel)
        try:
            await act(self.orders[number])
            done = True
        except Failure:
            done = False
        assert done is expected(number)

    async def check(self) -> None:
        for number, item in enumerate(self.items):
            assert await self.shop.stock_of(item) == self.model.stock(number)
            assert min(self.model.stock(number)) >= 0
        async with self.shop.database.reading() as connection:
            assert await audit.audit(connection) == []


async def walk(databases: Databases, dialect: Dialect, steps: list[Step]) -> None:
    async with databases.migrated(dialect) as database:
        shop = await make_shop(database)
        items = sorted([await shop.item(copies) for copies in (30, 0)])
        shelves = [(await shop.stock_of(item))[0] for item in items]
        walking = Walk(shop, items, Model(shelves))
        for step in steps:
            await walking.take(step)
            await walking.check()
        for number, order in enumerate(walking.orders):
            lines = {items[line.item]: line for line in walking.model.orders[number]}
            told = await shop.lines_of(order)
            assert {
                item: (reserved, shipped, cancelled) for item, (_, reserved, shipped, cancelled) in told.items()
            } == {item: (line.reserved, line.shipped, line.cancelled) for item, line in lines.items()}


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.mark.parametrize("dialect", list(Dialect), ids=str)
def test_after_any_step_the_stock_is_what_its_lines_say(
    portal: BlockingPortal, databases: Databases, dialect: Dialect
) -> None:
    @settings(max_examples=RUNS, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEP, min_size=STEPS, max_size=STEPS))
    def run(steps: list[Step]) -> None:
        portal.call(walk, databases, dialect, steps)

    run()
