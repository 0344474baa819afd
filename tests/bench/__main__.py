"""Benchmarks: `python -m tests.bench count [--write]`, `... answers`, `... pulls` and `... run [DIR]`; see README.md."""

import asyncio
import sys

from tests.bench import answering, approving, counting, finding, pulling, running


def main(arguments: list[str]) -> int:
    """Count or run."""
    match arguments:
        case ["count", *options]:
            found = asyncio.run(counting.count())
            sys.stdout.write(counting.told(found) + "\n")
            if "--write" in options:
                counting.keep(found)
            return 0
        case ["run"]:
            asyncio.run(running.alone())
            asyncio.run(approving.measure())
            asyncio.run(finding.measure())
            asyncio.run(pulling.measure())
            asyncio.run(answering.measure())
            return 0
        case ["answers"]:
            asyncio.run(answering.measure())
            return 0
        case ["pulls"]:
            asyncio.run(pulling.measure())
            return 0
        case ["run", harness, *options]:
            return running.beside_peers(harness, options)
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
