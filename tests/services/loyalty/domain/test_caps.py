"""What is over a cap is cut or refused, the rules served in their order; and the answer says what was wanted."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.language import Language
from services.loyalty.domain.caps import period_start, within_caps
from services.loyalty.domain.effects import Accrue
from services.loyalty.domain.evaluate import Evaluation
from services.loyalty.domain.terms import Period
from services.loyalty.domain.wording import effect_text
from tests.services.loyalty.domain.build import basket, customer, document, evaluated, line, program, rule

MOMENT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
A_POINT_PER_RIYAL = rule("earn", per=100)


def accrual(amount: int, unit: str = "points") -> Accrue:
    return Accrue(rule="base", unit=unit, amount=amount, base=100, spendable_at=MOMENT, expires_at=None)


def given_and_wanted(amounts: list[int], room: dict[str, int], **terms: Any) -> list[tuple[int, int | None]]:
    capped = within_caps([accrual(amount) for amount in amounts], document(**terms), room)
    return [(effect.amount, effect.capped_from) for effect in capped.effects if isinstance(effect, Accrue)]


@pytest.mark.parametrize(
    ("terms", "room", "earned", "expected"),
    [
        pytest.param({"balance_max": 1000}, 50, [100], [(50, 100)], id="the wallet is nearly full"),
        pytest.param({"balance_max": 1000}, 100, [100], [(100, None)], id="it just fits"),
        pytest.param({"balance_max": 1000}, 0, [10], [], id="the wallet is full"),
        pytest.param({"balance_max": 1000, "over_max": "refuse"}, 50, [100], [], id="all or nothing"),
        pytest.param({"balance_max": 1000, "over_max": "refuse"}, 50, [20, 30], [(20, None), (30, None)], id="all"),
        pytest.param({"balance_max": 1000, "over_max": "refuse"}, 50, [20, 31], [], id="nothing"),
        pytest.param({"sale_max": 120}, None, [100, 50], [(100, None), (20, 50)], id="a sale, in the rules' order"),
        pytest.param({"sale_max": 120}, None, [130, 50], [(120, 130)], id="nothing is left for the second"),
        pytest.param({"sale_max": 120, "balance_max": 1000}, 60, [100], [(60, 100)], id="the tighter of two"),
        pytest.param({}, None, [10**9], [(10**9, None)], id="no cap"),
    ],
)
def test_within_caps(
    terms: dict[str, Any], room: int | None, earned: list[int], expected: list[tuple[int, int | None]]
) -> None:
    assert given_and_wanted(earned, {} if room is None else {"points": room}, **terms) == expected


def test_each_unit_has_its_own_cap() -> None:
    terms = document(sale_max=10, further_units=[{"unit": "miles", "sale_max": 5}, {"unit": "stars"}])
    capped = within_caps([accrual(20), accrual(20, "miles"), accrual(20, "stars")], terms, {})
    assert [effect.amount for effect in capped.effects if isinstance(effect, Accrue)] == [10, 5, 20]


@given(st.lists(st.integers(1, 100), max_size=6), st.integers(0, 200), st.sampled_from(["cut", "refuse"]))
def test_never_more_than_fits_and_never_less_than_could(amounts: list[int], room: int, over_max: str) -> None:
    given = sum(amount for amount, _ in given_and_wanted(amounts, {"points": room}, balance_max=1, over_max=over_max))
    assert given == (min(sum(amounts), room) if over_max == "cut" or sum(amounts) <= room else 0)


def capped_sale(room: int) -> Evaluation:
    return evaluated([A_POINT_PER_RIYAL], basket(line(price=10000)), customer(room={"points": room}), balance_max=1000)


def test_a_sale_says_what_was_given_and_what_was_wanted() -> None:
    (effect,) = capped_sale(50).effects
    assert isinstance(effect, Accrue)
    assert (effect.amount, effect.capped_from) == (50, 100)
    compiled = program(A_POINT_PER_RIYAL)
    assert effect_text(effect, compiled, Language.ENGLISH) == "Rule: 50 points, all that its limit leaves"
    arabic = effect_text(effect, compiled, Language.ARABIC)
    assert arabic == "قاعدة: 50 نقطة، وهو كل ما يتيحه الحد"


def test_a_rule_that_got_nothing_is_a_miss() -> None:
    evaluation = capped_sale(0)
    assert evaluation.effects == ()
    assert [(miss.rule, miss.condition, miss.short_by) for miss in evaluation.misses] == [("earn", "cap", 100)]


@pytest.mark.parametrize(
    ("period", "day", "start"),
    [
        ("day", "2026-11-22", "2026-11-22"),
        ("week", "2026-11-22", "2026-11-16"),
        ("week", "2026-11-16", "2026-11-16"),
        ("month", "2026-11-30", "2026-11-01"),
        ("quarter", "2026-12-31", "2026-10-01"),
        ("quarter", "2026-03-31", "2026-01-01"),
        ("year", "2028-02-29", "2028-01-01"),
    ],
)
def test_period_start(period: Period, day: str, start: str) -> None:
    assert period_start(period, date.fromisoformat(day)) == date.fromisoformat(start)
