import json
from datetime import UTC, date, datetime

import pytest

from services.loyalty.domain.effects import (
    Accrue,
    Achieve,
    Advance,
    Discount,
    Effect,
    EnterDraw,
    ExtendMembership,
    Give,
    GivePlays,
    IssuePass,
    IssueVoucher,
    Piece,
    Stamp,
    Step,
    UseVoucher,
    effects_as_json,
    effects_from_json,
)
from services.loyalty.domain.name import Name
from services.loyalty.domain.reward import FreeItem
from services.loyalty.domain.selector import Selector

MOMENT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PIECES = (Piece(line=0, quantity=1, amount=250),)

EFFECTS: list[Effect] = [
    Discount(rule="b2g1", amount=250, pieces=PIECES, code="B2G1"),
    Give(rule="b2g1", sku="COFFEE", name="قهوة", quantity=2),
    UseVoucher(code="00000000000000011", amount=250, pieces=PIECES),
    Accrue(rule="base", unit="points", amount=12, base=1250, spendable_at=MOMENT, expires_at=None),
    Stamp(rule="card", card="coffee", stamps=2, needed=5, filled=1, on_card=0),
    IssueVoucher(
        rule="card",
        card="coffee",
        reward=FreeItem(
            kind="free_item", name=Name(en="A coffee", ar="قهوة"), selector=Selector(skus=frozenset({"COFFEE"}))
        ),
        valid_until=MOMENT,
        code="00000000000000011",
    ),
    ExtendMembership(rule="gym", plan="gym", paid_months=12, bonus_months=3, price=120_000),
    EnterDraw(rule="summer", draw="summer", draw_id="drw_1", entries=2),
    GivePlays(rule="spring", instant_win="spring", instant_win_id="iwn_1", plays=2, valid_until=MOMENT),
    Advance(rule="thrice", steps=(Step(counter="thrice:visits", amount=1),), done=2, goal=3, unit="visits"),
    Achieve(rule="thrice", starts_on=date(2026, 11, 16)),
    IssuePass(rule="swim", plan="swim", passes=2, entries=10, valid_until=MOMENT),
]


@pytest.mark.parametrize("effect", [pytest.param(effect, id=effect.kind) for effect in EFFECTS])
def test_an_effect_is_read_back_as_it_was_written(effect: Effect) -> None:
    (written,) = effects_as_json([effect])
    assert written["kind"] == effect.kind
    assert effects_from_json(json.dumps([written])) == (effect,)


def test_the_form_of_an_accrual() -> None:
    assert effects_as_json([EFFECTS[3]]) == [
        {
            "kind": "accrue",
            "rule": "base",
            "unit": "points",
            "amount": 12,
            "base": 1250,
            "spendable_at": "2026-11-22T09:00:00Z",
            "expires_at": None,
            "capped_from": None,
        }
    ]


def test_the_form_of_a_discount() -> None:
    assert effects_as_json([EFFECTS[0]]) == [
        {
            "kind": "discount",
            "rule": "b2g1",
            "amount": 250,
            "pieces": [{"line": 0, "quantity": 1, "amount": 250}],
            "code": "B2G1",
            "capped_from": None,
        }
    ]
