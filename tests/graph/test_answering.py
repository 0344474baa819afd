"""Lists with arguments of their own take what fields of the entity hold: tests/finding/test_recommending.py asks one."""

import pytest

from fund_api.graph.declarations import OwnArgument
from tests.asking import CATALOGUE

TAG = CATALOGUE.entities["AudienceTag"]


@pytest.mark.parametrize(
    ("path", "kind"), [("campaignKind", "CampaignKind"), ("state.code", "String"), ("resource.slug", "String")]
)
def test_an_argument_takes_what_its_field_has(path: str, kind: str) -> None:
    made = CATALOGUE._own_argument(TAG, OwnArgument(path, "What is asked."))

    assert (str(made.type), made.description) == (kind, "What is asked.")


@pytest.mark.parametrize("path", ["specificity", "reason", "resource.publishedOn", "state"])
def test_only_a_text_can_be_asked_by(path: str) -> None:
    with pytest.raises(ValueError, match="is no text, so nothing that a list can be asked by"):
        CATALOGUE._own_argument(TAG, OwnArgument(path, "What is asked."))


def test_the_lists_own_arguments_come_before_those_of_every_list() -> None:
    arguments = CATALOGUE.query.fields["recommendedResources"].args

    assert list(arguments) == ["campaignKind", "state", "form", "filter", "orderBy", "first", "after", "last", "before"]
