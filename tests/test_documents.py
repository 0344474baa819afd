"""How the tests read the pages of the documentation."""

from pathlib import Path

import pytest

from tests.documents import Block, Command, Query, blocks, commands, queries

PAGE = """# A page

```graphql
{ states { totalCount } }
```

It answers:

```json
{"data": {"states": {"totalCount": 52}}}
```

1. In a list, with variables:

   ```graphql
   query ($code: String!) {
     state(by: {code: $code}) { name }
   }
   ```

   ```json variables
   {"code": "OH"}
   ```

   ```json
   {"data": {"state": {"name": "Ohio"}}}
   ```

~~~console
$ echo one \\
    two
one two
$ true
~~~

```python title="no query"
```

Inline ```graphql is no block, nor is this:

````text
```graphql
```
````
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.md"


def test_queries_have_variables_and_answers(page: Path) -> None:
    page.write_text(PAGE)
    assert queries(page) == [
        Query(3, "{ states { totalCount } }\n", {}, {"data": {"states": {"totalCount": 52}}}),
        Query(
            15,
            "query ($code: String!) {\n  state(by: {code: $code}) { name }\n}\n",
            {"code": "OH"},
            {"data": {"state": {"name": "Ohio"}}},
        ),
    ]


def test_commands_have_their_output(page: Path) -> None:
    page.write_text(PAGE)
    assert commands(page) == [Command(30, "echo one \\\n    two", ["one two"]), Command(33, "true", [])]


def test_blocks_have_language_info_and_line(page: Path) -> None:
    page.write_text(PAGE)
    assert [(block.language, block.info, block.line) for block in blocks(page)] == [
        ("graphql", "", 3),
        ("json", "", 9),
        ("graphql", "", 15),
        ("json", "variables", 21),
        ("json", "", 25),
        ("console", "", 29),
        ("python", 'title="no query"', 36),
        ("text", "", 41),
    ]
    assert blocks(page)[6] == Block("python", 'title="no query"', "", 36)


def test_page_without_blocks_has_nothing_to_try(page: Path) -> None:
    page.write_text("Words.\n")
    assert (blocks(page), queries(page), commands(page)) == ([], [], [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```graphql\n{ a }\n```\n", "page.md:1: a graphql block is followed by its answer, a json block."),
        (
            "```graphql\n{ a }\n```\n```json variables\n{}\n```\n",
            "page.md:1: a graphql block is followed by its answer, a json block.",
        ),
        ("```graphql\n{ a }\n```\n```json\n[]\n```\n", "page.md:4: the json block is no object."),
        (
            "```graphql\n{ a }\n```\n```json\n{\n```\n",
            "page.md:4: the json block is no JSON: Expecting property name enclosed in double quotes: "
            "line 2 column 1 (char 2).",
        ),
    ],
)
def test_query_that_cannot_be_tried_is_refused(page: Path, text: str, message: str) -> None:
    page.write_text(text)
    with pytest.raises(ValueError) as refusal:
        queries(page)
    assert str(refusal.value) == message


def test_console_block_without_command_is_refused(page: Path) -> None:
    page.write_text("```console\nls\n```\n")
    with pytest.raises(ValueError) as refusal:
        commands(page)
    assert str(refusal.value) == 'page.md:2: a console block begins with "$ " and a command.'
