"""The counts of the four operations are the kept ones; see README.md on how to keep new ones."""

import json

from tests.bench import counting


async def test_the_operations_cost_what_they_did() -> None:
    kept = json.loads(counting.KEPT.read_text(encoding="utf-8"))

    found = await counting.count()

    exact = ("statements", "rows", "compiled")
    assert {name: {key: counts[key] for key in exact} for name, counts in found.items()} == {
        name: {key: counts[key] for key in exact} for name, counts in kept.items()
    }
    if counting.python() == "3.11":  # the Python that counted the kept calls
        assert {name: counts["calls"] <= kept[name]["calls"] * 1.2 for name, counts in found.items()} == dict.fromkeys(
            kept, True
        )
