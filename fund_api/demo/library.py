"""A brochure of a demonstration, in print, with orders: the editor writes it, and coordinators order it."""

from collections.abc import AsyncIterator

from fund_api.demo.accounts import named
from fund_api.demo.communities import STATE
from fund_api.demo.story import Story, Thread

_BODY = (
    "A council sets the course, and a manager whom it appoints runs the town.\n\nThis brochure exists in print nowhere."
)


async def brochure(story: Story) -> AsyncIterator[float]:
    """Written, published and printed; 150 copies are on the shelf, of which some are reserved."""
    yield 52
    about = {"kind": "BROCHURE", "summary": "What a manager does, on one folded sheet. Made up.", "body": _BODY}
    begun = await story.told(
        *("editor", "createResource"), title=named("Brochure: your town and its manager"), language="en", **about
    )
    defence = {"campaignKind": "RETENTION", "state": STATE, "form": "COUNCIL_MANAGER"}
    brochure, audiences = begun["id"], [defence, {"campaignKind": "ADOPTION"}]
    await story.told("editor", "setResourceTags", resource=brochure, audiences=audiences, expectedRevision=1)
    await story.told("editor", "publishResource", resource=brochure, expectedRevision=1)
    label = named("Folded sheet, English")
    item = await story.do("editor", "addPrintItem", resource=brochure, label=label, inStock=100, leadTimeDays=10)
    story.found["brochure in print"] = item
    yield 44
    await story.do("editor", "receiveStock", item=item, quantity=100)
    yield 22
    order = await _order(story, "coordinator", "fable_creek", 50)
    yield 20
    await story.do("editor", "shipOrder", id=order)
    yield 3
    await _order(story, "second_coordinator", "margin_heights", 40)


async def _order(story: Story, who: str, place: str, quantity: int) -> str:
    lines = [{"item": story.found["brochure in print"], "quantity": quantity}]
    to = {"recipient": named("The campaign's office"), "address": "1 Example Street, Nowhere ZZ"}
    campaign = story.found[f"campaign in {place}"]
    return await story.do(who, "placeOrder", lines=lines, campaign=campaign, neededOn=str(story.day(15)), **to)


THREADS: tuple[Thread, ...] = (brochure,)
