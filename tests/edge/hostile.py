"""Requests that nobody sends who means well: each with the status and the code that it must be answered with.

They are written as the bytes that go over the wire. All ask for application/graphql-response+json, so that a document
that can't be answered is a 400.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any
from urllib.parse import quote

JSON = "application/json"
BAD, PARSED, VALID, INPUT, LIMIT, COST = (
    "BAD_REQUEST",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "BAD_USER_INPUT",
    "LIMIT_EXCEEDED",
    "TOO_COSTLY",
)
OHIO = '{ state(code: "OH") { name } }'


@dataclass(frozen=True)
class Hostile:
    """A request, and what it must be answered with; None for a code means that it must be answered with data."""

    name: str
    parts: Iterable[bytes]
    status: int
    code: str | None
    limit: str | None = None
    """The limit that is passed, as the error names it."""


def request(method: str, target: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    given = {"Host": "fund.test", "Accept": "application/graphql-response+json", "Connection": "close"} | headers
    if body and "Transfer-Encoding" not in given:
        given = {"Content-Length": str(len(body))} | given
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def raw(body: bytes, **headers: str) -> list[bytes]:
    """A POST of these bytes."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return [request("POST", "/graphql", {"Content-Type": JSON} | named, body)]


def asked(document: str, **variables: Any) -> list[bytes]:
    """A POST of a document with variables."""
    return raw(json.dumps({"query": document, "variables": variables}).encode())


def given(declared: str, value: bytes) -> list[bytes]:
    """A POST of a document with one variable, whose value is written in JSON by hand."""
    uses = {
        "Int": "states(first: $a) { totalCount }",
        "String!": "state(code: $a) { name }",
        "ID!": "node(id: $a) { id }",
        "[ID!]!": "nodes(ids: $a) { id }",
        "CommunityFilter": "communities(filter: $a) { totalCount }",
        "String": "communities(after: $a) { totalCount }",
    }
    document = json.dumps(f"query ($a: {declared}) {{ {uses[declared]} }}").encode()
    return raw(b'{"query": ' + document + b', "variables": {"a": ' + value + b"}}")


def many(number: int, pattern: str) -> str:
    """So many copies of a pattern, each with its number in the place of #."""
    return " ".join(pattern.replace("#", str(i)) for i in range(number))


def endless() -> Iterator[bytes]:
    """A body in chunks that never ends."""
    yield request("POST", "/graphql", {"Content-Type": JSON, "Transfer-Encoding": "chunked"})
    yield from repeat(b"4000\r\n" + b" " * 0x4000 + b"\r\n")


def nested(opening: str, closing: str, number: int, inside: str = "") -> str:
    return opening * number + inside + closing * number


_CHUNKED = request("POST", "/graphql", {"Content-Type": JSON, "Transfer-Encoding": "chunked"}, b"2")
ENDLESS = {
    "headers": (b"GET /graphql HTTP/1.1\r\n", b"X: a\r\n" * 10_000),
    "one header": (b"GET /graphql HTTP/1.1\r\nX: ", b"a" * 64_000),
    "an address": (b"GET /graphql?", b"a" * 64_000),
    "empty lines": (b"", b"\r\n" * 32_000),
    "trailers": (_CHUNKED + b"\r\n{}\r\n0\r\n", b"X: a\r\n" * 10_000),
    "the extension of a chunk": (_CHUNKED + b";a=", b"a" * 64_000),
}
"""What comes before a body, or after it, without an end: how it begins, and what is sent again and again."""

BODIES = [
    Hostile("no body", raw(b"", content_length="0"), 400, BAD),
    Hostile("no JSON", raw(b"nonsense"), 400, BAD),
    Hostile("not UTF-8", raw(b'{"query": "\xff\xfe{ __typename }"}'), 400, BAD),
    Hostile("UTF-16", raw(json.dumps({"query": OHIO}).encode("utf-16")), 400, BAD),
    Hostile("UTF-16, and says so", raw(OHIO.encode("utf-16"), content_type=f"{JSON}; charset=utf-16"), 415, BAD),
    Hostile("gzip", raw(gzip.compress(json.dumps({"query": OHIO}).encode()), content_encoding="gzip"), 415, BAD),
    Hostile("a bomb of gzip", raw(gzip.compress(b" " * 50_000_000), content_encoding="gzip"), 415, BAD),
    Hostile("gzip, and does not say so", raw(gzip.compress(json.dumps({"query": OHIO}).encode())), 400, BAD),
    Hostile("a batch", raw(json.dumps([{"query": OHIO}] * 100).encode()), 400, BAD),
    Hostile("a text", raw(json.dumps(OHIO).encode()), 400, BAD),
    Hostile("no query", raw(b'{"operationName": "A"}'), 400, BAD),
    Hostile("a query that is a list", raw(b'{"query": ["{ __typename }"]}'), 400, BAD),
    Hostile("variables that are a list", raw(b'{"query": "{ __typename }", "variables": [1]}'), 400, BAD),
    Hostile("a name that is an object", raw(b'{"query": "{ __typename }", "operationName": {}}'), 400, BAD),
    Hostile("NaN", raw(b'{"query": "{ __typename }", "variables": {"a": NaN}}'), 400, BAD),
    Hostile("JSON 100,000 deep", raw(b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"), 400, BAD),
    Hostile("objects 100,000 deep", raw(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), 400, BAD),
    Hostile("brackets without an end", raw(b"[" * 999_999), 400, BAD),
    Hostile("2 MB", raw(b"x" * 2_000_000), 413, BAD),
    Hostile("says 100 GB", raw(b"{}", content_length="100000000000"), 413, BAD),
    Hostile("says less than it sends", raw(json.dumps({"query": OHIO}).encode(), content_length="10"), 400, BAD),
    Hostile("chunks without an end", endless(), 413, BAD),
    Hostile("a surrogate", raw(b'{"query": "{ state(code: \\"\\ud800\\") { name } }"}'), 400, BAD),
    Hostile("a million keys", raw(b"{" + b",".join(b'"%d":1' % i for i in range(80_000)) + b"}"), 400, BAD),
]  # fmt: skip

HEADERS = [
    Hostile("a form", raw(b"query=%7B__typename%7D", content_type="application/x-www-form-urlencoded"), 415, BAD),
    Hostile("a text in plain", raw(json.dumps({"query": OHIO}).encode(), content_type="text/plain"), 415, BAD),
    Hostile("a multipart form", raw(b"--x\r\n\r\n--x--", content_type="multipart/form-data; boundary=x"), 415, BAD),
    Hostile("takes HTML alone", raw(json.dumps({"query": OHIO}).encode(), accept="text/html"), 406, BAD),
    Hostile("takes nothing", raw(json.dumps({"query": OHIO}).encode(), accept="*/*;q=0"), 406, BAD),
    Hostile("a token of garbage", raw(b"{}", authorization="Bearer fund_" + "x" * 5_000), 401, "UNAUTHENTICATED"),
    Hostile("a JWT without a signature", raw(b"{}", authorization="Bearer eyJhbGciOiJub25lIn0.e30."), 401, "UNAUTHENTICATED"),
    Hostile("PUT", [request("PUT", "/graphql", {"Content-Type": JSON}, b"{}")], 405, BAD),
    Hostile("DELETE", [request("DELETE", "/graphql", {})], 405, BAD),
    Hostile("no method of this world", [request("LOCK", "/graphql", {"Content-Type": JSON}, b"{}")], 405, BAD),
    Hostile("a mutation by GET", [request("GET", "/graphql?query=" + quote("mutation { __typename }"), {})], 405, BAD),
    Hostile("nothing by GET", [request("GET", "/graphql", {})], 400, BAD),
    Hostile("bytes of garbage by GET", [request("GET", "/graphql?query=%ff%fe", {})], 400, PARSED),
    Hostile("variables of garbage by GET", [request("GET", "/graphql?query=%7B__typename%7D&variables=%5B", {})], 400, BAD),
    Hostile("a thousand keys by GET", [request("GET", "/graphql?" + "a=1&" * 1_000, {})], 400, BAD),
    Hostile("a subscription by POST", asked("subscription { a }"), 400, VALID),
]  # fmt: skip

LIMITS = [
    Hostile("a document of 900,000 characters", asked("{ __typename } #" + "x" * 900_000), 400, LIMIT, "characters"),
    Hostile("a text of 900,000 characters", asked('{ search(query: "' + "a" * 900_000 + '") { totalCount } }'), 400, LIMIT, "characters"),
    Hostile("29,000 brackets", asked("{" * 29_000), 400, LIMIT, "tokens"),
    Hostile("5,900 times one field", asked("{ states { nodes { " + "name " * 5_900 + " } } }"), 400, LIMIT, "tokens"),
    Hostile("3,000 unknown fields", asked("{" + many(3_000, "x#") + "}"), 400, LIMIT, "tokens"),
    Hostile("3,000 ids", asked("{ nodes(ids: [" + '"x" ' * 3_000 + "]) { id } }"), 400, LIMIT, "tokens"),
    Hostile("2,000 directives", asked("{ __typename " + "@include(if: true) " * 200 + "}"), 400, LIMIT, "directives"),
    Hostile("490 deep", asked(nested("{a", "}", 490)), 400, LIMIT, "nesting"),
    Hostile("a list 700 deep", asked("{ states(first: " + nested("[", "]", 700) + ") { totalCount } }"), 400, LIMIT, "nesting"),
    Hostile("a filter 300 deep", asked("{ communities(filter: " + nested("{not: ", "}", 300, "{}") + ") { totalCount } }"), 400, LIMIT, "nesting"),
    Hostile("300 aliases", asked("{ states { " + many(300, "a#: totalCount") + " } }"), 400, LIMIT, "aliases"),
    Hostile("100 root fields", asked("{" + many(100, "a#: states { totalCount }") + "}"), 400, LIMIT, "rootFields"),
    Hostile("1,400 unknown fields", asked("{ states { nodes { " + many(1_400, "x#") + " } } }"), 400, LIMIT, "fields"),
    Hostile("200 times one field", asked("{ states { nodes { " + "name " * 200 + " } } }"), 400, LIMIT, "sameName"),
    Hostile("200 times one field, in fragments", asked("{ states { nodes { " + "...{ name } " * 200 + " } } }"), 400, LIMIT, "sameName"),
    Hostile("one field 16 by 16 times", asked("{" + ("states { nodes { " + "name " * 16 + "} } ") * 16 + "}"), 400, LIMIT, "sameName"),
    Hostile("a bomb of fragments", asked("{ states { nodes { ...F0 } } } " + many(25, "fragment F# on State { ...G# ...G# }").replace("G24", "Z").replace("G", "F1") + " fragment Z on State { name }"), 400, VALID),
    Hostile("a bomb of fragments that doubles", asked("{ states { nodes { ...F0 } } } " + " ".join(f"fragment F{i} on State {{ ...F{i + 1} ...F{i + 1} }}" for i in range(25)) + " fragment F25 on State { name }"), 400, LIMIT, "fields"),
    Hostile("a chain of fragments", asked("{ states { nodes { ...F0 } } } " + " ".join(f"fragment F{i} on State {{ communities {{ nodes {{ state {{ ...F{i + 1} }} }} }} }}" for i in range(20)) + " fragment F20 on State { name }"), 400, LIMIT, "depth"),
    Hostile("100 fragments", asked("{ states { nodes { ...F0 } } } " + many(100, "fragment F# on State { name }")), 400, LIMIT, "fragments"),
    Hostile("fragments in a circle", asked("{ states { nodes { ...A } } } fragment A on State { ...B } fragment B on State { ...A }"), 400, VALID),
    Hostile("40 fragments in circles", asked("{ states { nodes { ...F0 } } } " + " ".join(f"fragment F{i} on State {{ a: communities {{ nodes {{ state {{ ...F{(i + 1) % 40} }} }} }} b: communities {{ nodes {{ state {{ ...F{(i + 3) % 40} }} }} }} }}" for i in range(40))), 400, LIMIT, "depth"),
    Hostile("200 variables", asked("query (" + many(200, "$a#: Int") + ") { __typename }"), 400, LIMIT, "variables"),
    Hostile("variables 500 deep", given("CommunityFilter", nested('{"not": ', "}", 500, "{}").encode()), 400, LIMIT, "nesting"),
    Hostile("100,000 ids in a variable", given("[ID!]!", json.dumps(["x"] * 100_000).encode()), 400, LIMIT, "listItems"),
    Hostile("100,000 values in a variable", given("CommunityFilter", b'{"and": [' + b",".join([b'{"name": {"in": ["a", "b", "c", "d"]}}'] * 1_900) + b"]}"), 400, LIMIT, "values"),
    Hostile("100,000 variables that nobody declared", asked("{ __typename }", **{f"v{i}": i for i in range(50_000)}), 400, LIMIT, "values"),
]  # fmt: skip

DOCUMENTS = [
    Hostile("no name of a field", asked("{"), 400, PARSED),
    Hostile("a text without an end", asked('{ state(code: "' + '\\"a' * 9_000), 400, PARSED),
    Hostile("a block without an end", asked('"""' + '\\"""' * 4_000), 400, PARSED),
    Hostile("a comment alone", asked("#" * 20_000), 400, PARSED),
    Hostile("types in the place of operations", asked(many(100, "type A# { a: Int }")), 400, VALID),
    Hostile("unknown fields with long names", asked("{ communities { nodes { " + many(900, "formOfGovernmentAsOfTheDayX#") + " } } }"), 400, VALID),
    Hostile("unknown types", asked("query (" + many(50, "$a#: CommunityFiltersX#") + ") { __typename }"), 400, VALID),
    Hostile("an unknown name of 29,000 letters", asked("{" + "x" * 29_000 + "}"), 400, VALID),
    Hostile("unknown values of an enum", asked("{ communities(filter: { formOfGovernment: { in: [" + "COUNCIL_MANAGERX " * 1_400 + "] } }) { totalCount } }"), 400, VALID),
    Hostile("unknown directives", asked("{ __typename " + many(50, "@inclde#") + "}"), 400, VALID),
    Hostile("fragments that are compared with each other", asked("{ states { nodes { " + many(49, "...F#") + " } } } " + many(49, "fragment F# on State { name code id x }")), 400, VALID),
    Hostile("many operations", asked(many(300, "query Q# { x }")), 400, VALID),
    Hostile("many operations without a name", asked("{ x } " * 400), 400, VALID),
    Hostile("operations without saying which", asked(many(100, "query Q# { __typename }")), 400, BAD),
    Hostile("a deferred part", asked("{ ... @defer { states { totalCount } } }"), 400, VALID),
    Hostile("introspection that goes round", asked("{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"), 400, VALID),
    Hostile("introspection five times", asked("{" + many(5, "a#: __schema { types { name } }") + "}"), 200, None),
    Hostile("lists in lists", asked("{ communities(first: 100) { nodes { state { communities(first: 100) { nodes { state { communities(first: 100) { nodes { id } } } } } } } } }"), 400, COST),
    Hostile("lists beside lists", asked("{" + many(24, "a#: communities(first: 100) { nodes { state { name } campaigns(first: 100) { nodes { title measures { nodes { question } } } } } }") + "}"), 400, LIMIT, "parts"),
    Hostile("stats, again and again", asked("{" + many(24, "a#: states(first: 100) { nodes { name code } totalCount }") + "}"), 200, None),
    Hostile("many searches", asked("{" + many(24, 'a#: search(query: "a b c", first: 100) { totalCount nodes { __typename } }') + "}"), 400, LIMIT, "parts"),
]  # fmt: skip

VALUES = [
    Hostile("a number of 5,000 digits", given("Int", b"9" * 5_000), 400, BAD),
    Hostile("a negative page", given("Int", b"-1"), 400, INPUT),
    Hostile("an enormous page", given("Int", b"2147483647"), 400, INPUT),
    Hostile("a page beyond 32 bits", given("Int", b"4294967296"), 400, INPUT),
    Hostile("half a page", given("Int", b"1.5"), 400, INPUT),
    Hostile("infinity", given("Int", b"1e400"), 400, BAD),
    Hostile("minus zero", given("Int", b"-0.0"), 400, INPUT),
    Hostile("a text for a number", given("Int", b'"1"'), 400, INPUT),
    Hostile("a list for a text", given("String!", b'["OH"]'), 400, INPUT),
    Hostile("null where something is needed", given("String!", b"null"), 400, INPUT),
    Hostile("U+0000", given("String!", b'"\\u0000"'), 400, INPUT),
    Hostile("half a surrogate", given("String!", b'"\\ud800"'), 400, BAD),
    Hostile("an id of garbage", given("ID!", b'"\'; DROP TABLE person; --"'), 200, None),
    Hostile("an id of 500,000 characters", given("ID!", b'"' + b"a" * 500_000 + b'"'), 200, None),
    Hostile("an id with U+0000", given("ID!", b'"camp_\\u0000"'), 200, None),
    Hostile("a cursor of garbage", given("String", b'"////"'), 400, INPUT),
    Hostile("a cursor of 500,000 characters", given("String", b'"' + b"A" * 500_000 + b'"'), 400, INPUT),
    Hostile("a cursor of brackets", given("String", b'"' + b"W1tb" * 100_000 + b'"'), 400, INPUT),
    Hostile("a key of 500,000 characters", given("CommunityFilter", b'{"' + b"a" * 500_000 + b'": 1}'), 400, INPUT),
    Hostile("a thousand unknown keys", given("CommunityFilter", json.dumps({f"name{i}": 1 for i in range(1_000)}).encode()), 400, INPUT),
    Hostile("200 filters", given("CommunityFilter", b'{"or": [' + b",".join([b'{"name": {"contains": "a"}}'] * 200) + b"]}"), 400, INPUT),
    Hostile("a thousand filters", given("CommunityFilter", b'{"or": [' + b",".join([b'{"name": {"contains": "a"}}'] * 1_000) + b"]}"), 400, LIMIT, "values"),
    Hostile("a thousand objects of nothing", given("CommunityFilter", b'{"or": [' + b",".join([b"{}"] * 1_000) + b"]}"), 400, LIMIT, "values"),
    Hostile("2,000 values of in", given("CommunityFilter", json.dumps({"name": {"in": ["x"] * 2_000}}).encode()), 400, INPUT),
    Hostile("a text like a pattern", given("CommunityFilter", json.dumps({"name": {"contains": "(a+)+$%_\\*" * 500}}).encode()), 200, None),
    Hostile("a number for a population beyond 64 bits", given("CommunityFilter", b'{"population": {"gt": 99999999999999999999}}'), 400, INPUT),
    Hostile("the 30th of February", given("CommunityFilter", b'{"formAsOf": {"gt": "2020-02-30"}}'), 400, INPUT),
    Hostile("the year 99999", given("CommunityFilter", b'{"formAsOf": {"gt": "99999-01-01"}}'), 400, INPUT),
    Hostile("words of a search that are signs", asked("query ($q: String!) { search(query: $q) { totalCount } }", q='" * ( ) : ^ - AND OR NOT NEAR/3 ' * 6), 200, None),
    Hostile("a search of 5,000 words", asked("query ($q: String!) { search(query: $q) { totalCount } }", q="a* " * 5_000), 400, INPUT),
]  # fmt: skip

CONDITION = {"community": {"campaigns": {"some": {"community": {"state": {"code": {"eq": "x", "ne": "y"}}}}}}}
OF_TYPE = "name description args { name description type { name ofType { name enumValues { name description } } } }"


def conditions(number: int, lists: int) -> list[bytes]:
    """Conditions on many lists at once: a short request, and a statement without end."""
    own = many(
        lists,
        "a#: communities(first: 1) { nodes { "
        + many(lists, "c#: campaigns(first: 1, filter: $f) { totalCount }")
        + " } }",
    )
    return asked(f"query ($f: CampaignFilter) {{ {own} }}", f={"and": [CONDITION] * number})


def shaped(number: int) -> list[bytes]:
    """A filter of 15 conditions, of a shape that no other number has."""
    names = ["ne" if number >> bit & 1 else "startsWith" for bit in range(15)]
    given = [{"community": {"campaigns": {"some": {"community": {"name": {name: "x"}}}}}} for name in names]
    return asked("query ($f: CampaignFilter) { campaigns(filter: $f, first: 1) { totalCount } }", f={"and": given})


def types(number: int) -> list[bytes]:
    """The schema's types by many names, each with what leads to types again."""
    inside = "...T ofType { ...T ofType { ...T ofType { ...T } } }"
    own = many(number, "a#: types { fields { type { " + inside + " } } }")
    return asked("{ __schema { " + own + " } } fragment T on __Type { fields { " + OF_TYPE + " } }")


COSTLY = [
    Hostile("45 conditions in six lists", conditions(45, 2), 400, LIMIT, "parts"),
    Hostile("45 conditions in 36 lists", conditions(45, 6), 400, LIMIT, "parts"),
    Hostile("5 conditions in 36 lists", conditions(5, 6), 400, LIMIT, "parts"),
    Hostile("the schema by 20 names", types(20), 400, LIMIT, "fields"),
    Hostile("the schema by three names", types(3), 400, COST),
    Hostile("bodies by ten names in eight lists", asked("{ " + many(8, "a#: resources(first: 100) { nodes { ...B } }") + " } fragment B on Resource { " + many(10, "b#: body") + " }"), 400, COST),
    Hostile("what was changed, whole, by 25 names", asked("{ " + many(25, "a#: events(first: 100) { nodes { changes(first: 100) { nodes { before after } } } }") + " }"), 400, COST),
]  # fmt: skip

TABLE = [*COSTLY, *BODIES, *HEADERS, *LIMITS, *DOCUMENTS, *VALUES]
