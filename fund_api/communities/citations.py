"""The sources that rows of a file name beside their facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fund_api.communities.importing import SOURCE, source_id
from fund_api.core.importing import Entry
from fund_api.core.records import Problems
from fund_api.core.text import fold
from fund_api.core.words import search_text


@dataclass
class Citations:
    """Sources by their address, in the columns source and source_url. One address is one source, with one title."""

    problems: Problems
    also: Mapping[str, object] = field(default_factory=dict)
    """What else is known of every source that is written."""
    titles: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The title at each address, and who gives it, as a message says it."""
    written: set[str] = field(default_factory=set)
    """The addresses whose sources need not be written any more."""

    def fits(self, line: int, title: str, url: str) -> bool:
        """Whether the address has this title; a problem when it has another one already."""
        known, by = self.titles.setdefault(url, (title, f"line {line} names"))
        if known != title:
            self.problems.add(line, "source", f'"{title}" should be "{known}", as {by} this source_url.')
        return known == title

    def entries(self, title: str, url: str) -> Iterator[Entry]:
        """The source at this address, once."""
        if url in self.written:
            return
        self.written.add(url)
        values: dict[str, object] = {
            "id": source_id(url),
            "key": url,
            "title": title,
            "title_folded": fold(title),
            "search_text": search_text(title),
            "url": url,
        }
        yield Entry(SOURCE, {**values, **self.also})
