"""What a draw may promise."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.loyalty.domain.prize_draw import DrawTerms
from tests.services.loyalty.domain.draws import BICYCLE, draw_terms


@pytest.mark.parametrize(
    "fields",
    [
        {"closes_at": "2026-11-01T00:00:00Z"},
        {"prizes": []},
        {"prizes": [{**BICYCLE, "count": 0}]},
        {"prizes": [{**BICYCLE, "count": 600}], "alternates": 401},
        {"alternates": -1},
        {"entries_per_customer": 0},
        {"claim_days": 0},
        {"draw": "Summer!"},
        {"stake": 100},
    ],
)
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        draw_terms(**fields)


def test_each_thing_to_win_by_itself() -> None:
    terms = draw_terms(prizes=[BICYCLE, {**BICYCLE, "count": 2}], alternates=4)
    assert terms.prize_of_slot == [0, 1, 1]
    assert terms.picks == 7


def test_the_text_says_all_and_in_one_way() -> None:
    terms = draw_terms(beacon="a block")
    assert DrawTerms.model_validate_json(terms.as_text()) == terms
    assert DrawTerms.model_validate_json(terms.as_text()).as_text() == terms.as_text()
    assert terms.as_text().startswith('{"alternates":0,"beacon":"a block",')
