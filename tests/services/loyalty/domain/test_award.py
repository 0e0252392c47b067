"""What an award comes to at a moment."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.loyalty.domain.award import Award
from services.loyalty.domain.effects import Accrue, IssueVoucher
from tests.services.loyalty.domain.build import NAME, NOON, document

COFFEE = {"kind": "free_item", "name": NAME, "valid_days": 0}
MIDNIGHT = NOON + timedelta(hours=12)


def test_units_and_a_voucher_live_as_the_program_and_the_reward_say() -> None:
    terms = document(pending_days=1, expiry={"kind": "rolling", "days": 1})
    award = Award.model_validate({"points": 5, "reward": COFFEE})
    assert award.effects("review", terms, NOON) == (
        Accrue(
            rule="review",
            unit="points",
            amount=5,
            base=0,
            spendable_at=NOON + timedelta(days=1),
            expires_at=MIDNIGHT + timedelta(days=2),
        ),
        IssueVoucher(rule="review", reward=award.reward, valid_until=MIDNIGHT),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("days", "spendable"), [(0, 1), (1, 1), (3, 3)])
def test_units_wait_for_the_later_of_two_moments(days: int, spendable: int) -> None:
    terms = document(pending_days=1, expiry={"kind": "rolling", "days": 1})
    award = Award(points=5)
    (units,) = award.effects("review", terms, NOON, spendable_at=NOON + timedelta(days=days))
    assert isinstance(units, Accrue)
    assert units.spendable_at == NOON + timedelta(days=spendable)
    assert units.expires_at == MIDNIGHT + timedelta(days=spendable + 1), "the life counts from then"


@pytest.mark.parametrize("fields", [{}, {"unit": "miles"}, {"points": 0}, {"unit": "miles", "reward": COFFEE}])
def test_an_award_gives_something(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Award.model_validate(fields)
