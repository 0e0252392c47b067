"""Which instant wins can be announced."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.loyalty.domain.instant_win import InstantWinTerms
from tests.services.loyalty.domain.instant_wins import BAG, instant_terms


def test_chances_may_add_up_to_all_there_are() -> None:
    assert instant_terms(out_of=3, prizes=[{**BAG, "chances": 2}, BAG]).out_of == 3


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"out_of": 2, "prizes": [{**BAG, "chances": 2}, BAG]}, "more chances than there are"),
        ({"closes_at": "2026-11-01T00:00:00Z"}, "closes before it opens"),
        ({"budget": 1000}, "says what it is worth"),
        ({"prizes": []}, "at least 1 item"),
        ({"prizes": [{**BAG, "chances": 0}]}, "greater than or equal to 1"),
        ({"prizes": [{**BAG, "chances": 0.5}]}, "valid integer"),
        ({"prizes": [{**BAG, "stock": 0}]}, "greater than or equal to 1"),
        ({"out_of": 1_000_000_001}, "less than or equal to"),
        ({"wins_per_customer": {"at_most": 0}}, "greater than or equal to 1"),
        ({"wins_per_customer": {"at_most": 1, "per": "hour"}}, "per"),
        ({"price": 100}, "Extra inputs"),
    ],
)
def test_refused(terms: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        instant_terms(**terms)


def test_the_text_is_written_in_one_way() -> None:
    terms = instant_terms(budget=500, prizes=[{**BAG, "worth": 100}])
    assert InstantWinTerms.model_validate_json(terms.as_text()) == terms
    assert " " not in terms.as_text().replace("Spring wheel", "").replace("A bag", "").replace("عجلة الربيع", "")
