from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import VoucherFacts
from services.loyalty.domain.effects import Accrue
from services.loyalty.domain.evaluate import evaluate
from services.loyalty.domain.remaining import remaining_basket
from services.loyalty.domain.reward import Reward
from tests.services.loyalty.domain.any_sale import baskets, discounts, earnings
from tests.services.loyalty.domain.build import (
    NAME,
    basket,
    customer,
    document,
    evaluated,
    line,
    missed,
    only,
    program,
    rule,
)


def earned(bought: list[dict[str, Any]], **fields: Any) -> tuple[int, int]:
    effect = only(evaluated([rule("earn", **({"per": 100} | fields))], basket(*bought)))
    return effect.amount, effect.base


@pytest.mark.parametrize(
    ("fields", "points"),
    [
        pytest.param({}, 12, id="one for each riyal, fractions dropped"),
        pytest.param({"points": 3, "per": 1000}, 3, id="three for ten riyals"),
        pytest.param({"points": 2, "per": 7}, 357, id="odd rate"),
        pytest.param({"per": 500, "rounding": "half_up"}, 3, id="2.5 half up"),
        pytest.param({"per": 500, "rounding": "half_even"}, 2, id="2.5 half even"),
        pytest.param({"per": 1200, "rounding": "up"}, 2, id="just over one, up"),
        pytest.param({"per": 1250, "rounding": "up"}, 1, id="exactly one, up"),
    ],
)
def test_points_for_money(fields: dict[str, Any], points: int) -> None:
    assert earned([line(price=1250)], **fields) == (points, 1250)


@pytest.mark.parametrize(
    ("rounded", "points"),
    [
        pytest.param("once", 4, id="4.50 once"),
        pytest.param("per_line", 3, id="1 for each line of 1.50"),
        pytest.param("per_unit", 3, id="1 for each unit of 1.50"),
    ],
)
def test_where_fractions_are_dropped(rounded: str, points: int) -> None:
    bought = [line("A", 1, 150), line("B", 1, 150), line("C", 1, 150)]
    assert earned(bought, rounded=rounded)[0] == points


def test_per_line_and_per_unit_differ_within_a_line() -> None:
    assert earned([line(quantity=2, price=150)], rounded="per_line")[0] == 3
    assert earned([line(quantity=2, price=150)], rounded="per_unit")[0] == 2


def test_per_unit_shares_the_lines_discount_over_its_units() -> None:
    # 3 × 2.00 less 0.01 is 1.99 + 2.00 + 2.00.
    assert earned([line(quantity=3, price=200, discount=1)], rounded="per_unit") == (5, 599)


@pytest.mark.parametrize(
    ("selector", "base"),
    [
        pytest.param({}, 3500, id="everything"),
        pytest.param({"categories": ["food"]}, 1500, id="a category"),
        pytest.param({"except_categories": ["food"]}, 2000, id="all but a category"),
        pytest.param({"skus": ["BREAD", "BREAD"]}, 1500, id="a sku"),
    ],
)
def test_selected_lines(selector: dict[str, Any], base: int) -> None:
    bought = [line("BREAD", 3, 500, categories=["food"]), line("SOAP", 2, 1000)]
    assert earned(bought, selector=selector)[1] == base


@pytest.mark.parametrize(
    ("include_tax", "base"), [pytest.param(True, 1150, id="with tax"), pytest.param(False, 1000, id="without tax")]
)
def test_tax(include_tax: bool, base: int) -> None:
    assert earned([line(price=1150, tax=150)], include_tax=include_tax)[1] == base


def test_a_discounted_line_bears_its_share_of_the_tax() -> None:
    rules = [rule("discount", percent_off=50), rule("earn", per=1, include_tax=False)]
    assert evaluated(rules, basket(line(price=1150, tax=150))).effects[1].base == 500  # type: ignore[union-attr]


def test_nothing_is_earned_on_what_was_not_paid() -> None:
    assert earned([line(quantity=2, price=1000, discount=500)])[1] == 1500


@pytest.mark.parametrize(
    ("fields", "bought", "short"),
    [
        pytest.param({"per": 1000}, [line(price=350)], (650, "money"), id="down"),
        pytest.param({"per": 1000, "points": 3}, [line(price=333)], (1, "money"), id="a third of ten riyals"),
        pytest.param({"per": 1000, "rounding": "half_up"}, [line(price=499)], (1, "money"), id="half up"),
        pytest.param({"per": 1000, "rounding": "half_even"}, [line(price=500)], (1, "money"), id="half even"),
        pytest.param(
            {"per": 1000, "rounded": "per_line"},
            [line("A", price=900), line("B", price=400)],
            (100, "money"),
            id="line",
        ),
        pytest.param({"per": 1, "selector": {"skus": ["TEA"]}}, [line()], (1, "units"), id="nothing selected"),
        pytest.param({"per": 1, "rounding": "up"}, [line(price=0)], (1, "units"), id="all of it free"),
    ],
)
def test_how_far_off_the_first_point_is(
    fields: dict[str, Any], bought: list[dict[str, Any]], short: tuple[int, str]
) -> None:
    evaluation = evaluated([rule("earn", **fields)], basket(*bought))
    assert missed(evaluation) == [("earn", "earn", *short)]
    if short[1] == "money":
        nearest = max(bought, key=lambda each: each["unit_price"])
        enough = [*bought, nearest | {"unit_price": nearest["unit_price"] + short[0]}][1:]
        assert only(evaluated([rule("earn", **fields)], basket(*enough))).amount >= 1


def test_a_sale_without_a_customer_earns_nothing() -> None:
    bought = basket()
    evaluation = evaluate(program(rule("earn", per=100)), bought, None, bought.occurred_at)
    assert (evaluation.effects, missed(evaluation)) == ((), [("earn", "customer", 0, "none")])


def test_units_live_as_the_program_says() -> None:
    effect = only(
        evaluated([rule("earn", per=100)], unit="miles", pending_days=14, expiry={"kind": "rolling", "months": 12})
    )
    assert effect.unit == "miles"
    assert effect.spendable_at == datetime(2026, 12, 6, 9, 0, tzinfo=UTC)
    assert effect.expires_at == datetime(2027, 12, 6, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "bought", "points"),
    [
        pytest.param({"for_each": "unit"}, [line("A", 3)], 3, id="a point for each"),
        pytest.param({"for_each": "unit", "points": 5}, [line("A", 3), line("B", 2)], 25, id="five for each of any"),
        pytest.param({"for_each": "unit", "per": 2}, [line("A", 5)], 2, id="a point for each two, fractions dropped"),
        pytest.param({"for_each": "unit", "per": 2, "rounding": "up"}, [line("A", 5)], 3, id="fractions up"),
        pytest.param({"for_each": "unit", "selector": {"skus": ["A"]}}, [line("A"), line("B", 9)], 1, id="of one sku"),
        pytest.param({"for_each": "unit"}, [line("A"), line("LEAFLET", 5, price=0)], 1, id="not for what is free"),
        pytest.param({"for_each": "visit", "points": 10}, [line("A", 3), line("B")], 10, id="ten for coming"),
    ],
)
def test_points_for_articles_and_visits(fields: dict[str, Any], bought: list[dict[str, Any]], points: int) -> None:
    effect = only(evaluated([rule("earn", **fields)], basket(*bought)))
    assert effect.amount == points


def test_how_many_units_are_missing_for_a_point() -> None:
    evaluation = evaluated([rule("earn", for_each="unit", per=3)], basket(line(quantity=2)))
    assert missed(evaluation) == [("earn", "earn", 1, "units")]


def test_no_points_for_coming_without_buying_what_counts() -> None:
    evaluation = evaluated([rule("earn", for_each="visit", selector={"skus": ["TEA"]})])
    assert missed(evaluation) == [("earn", "earn", 1, "units")]


# 10.00 and 20.00 of food and toys at full price; the toys cost 5.00 less, then 10 % off the order.
SHOP = [line("FOOD", 1, 1000, categories=["food"]), line("TOY", 1, 2000, categories=["toys"])]
CUTS = [
    rule("discount", id="toys", amount_off=500, selector={"categories": ["toys"]}),
    rule("discount", id="order", percent_off=10, priority=200),
]


@pytest.mark.parametrize(
    ("base", "everything", "toys"),
    [
        pytest.param("after_discounts", 2250, 1350, id="the order's discount is shared in proportion"),
        pytest.param("after_line_discounts", 2500, 1500, id="the order's discount is ignored"),
        pytest.param("before_discounts", 3000, 2000, id="all discounts are ignored"),
    ],
)
def test_which_discounts_count(base: str, everything: int, toys: int) -> None:
    for selector, money in (({}, everything), ({"categories": ["toys"]}, toys)):
        earning = rule("earn", per=1, base=base, selector=selector)
        effects = evaluated([*CUTS, earning], basket(*SHOP)).effects
        assert effects[-1].base == money  # type: ignore[union-attr]


def test_a_voucher_for_everything_is_a_discount_of_the_order() -> None:
    reward: TypeAdapter[Reward] = TypeAdapter(Reward)
    for selector, base in (({}, 1000), ({"skus": ["COFFEE"]}, 700)):
        off = reward.validate_python({"kind": "amount_off", "name": NAME, "amount": 300, "selector": selector})
        who = customer(vouchers=(VoucherFacts(code="00000000000000011", reward=off),))
        earning = rule("earn", per=1, base="after_line_discounts")
        bought = basket(codes=["00000000000000011"])
        assert evaluated([earning], bought, who).effects[-1].base == base  # type: ignore[union-attr]


def test_before_discounts_the_tills_own_is_none_and_a_free_unit_still_earns_nothing() -> None:
    rules = [rule("buy_x_get_y"), rule("earn", per=1, base="before_discounts")]
    bought = basket(line(quantity=3, price=1000, discount=300))
    assert evaluated(rules, bought).effects[1].base == 2000  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("tenders", "points"),
    [
        pytest.param([], 30, id="not told"),
        pytest.param([("cash", 3000)], 30, id="cash"),
        pytest.param([("points", 1000)], 20, id="points, and the rest is not told"),
        pytest.param([("points", 1000), ("card", 2000)], 20, id="points and a card"),
        pytest.param([("points", 1000), ("gift_card", 1000), ("cash", 1000)], 10, id="points, a gift card and cash"),
        pytest.param([("points", 3000)], 0, id="all with points"),
        pytest.param([("points", 9000)], 0, id="more points than due"),
    ],
)
def test_the_part_paid_with_points_and_gift_cards(tenders: list[tuple[str, int]], points: int) -> None:
    told = [{"kind": kind, "amount": amount} for kind, amount in tenders]
    earning = rule("earn", per=100, except_tenders=["points", "gift_card"])
    evaluation = evaluated([earning], basket(*SHOP, tenders=told))
    assert [effect.amount for effect in evaluation.effects] == ([points] if points else [])  # type: ignore[union-attr]
    assert missed(evaluation) == ([] if points else [("earn", "except_tenders", 0, "none")])


def test_a_tender_pays_the_same_share_of_every_line() -> None:
    earning = rule("earn", per=100, except_tenders=["points"], selector={"categories": ["toys"]})
    bought = basket(*SHOP, tenders=[{"kind": "points", "amount": 1000}, {"kind": "cash", "amount": 2000}])
    assert only(evaluated([earning], bought)).base == 1333


def test_what_comes_back_of_a_sale_paid_with_points_takes_its_share_of_the_points_paid() -> None:
    earning = rule("earn", per=100, except_tenders=["points"])
    bought = basket(*SHOP, tenders=[{"kind": "points", "amount": 1000}, {"kind": "cash", "amount": 2000}])
    assert only(evaluated([earning], remaining_basket(bought, {1: 1}))).base == 667


@pytest.mark.parametrize("include_tax", [True, False])
@pytest.mark.parametrize("shipping", [True, False])
@pytest.mark.parametrize("gift_cards", [True, False])
@pytest.mark.parametrize("points_count", [True, False])
def test_pain_12_which_base(include_tax: bool, shipping: bool, gift_cards: bool, points_count: bool) -> None:
    """23.00 of goods with 3.00 of tax, 11.50 of delivery with 1.50, a gift card of 50.00; a fifth paid with points."""
    bought = basket(
        line("GOODS", 1, 2300, tax=300),
        line("POST", 1, 1150, tax=150, kind="shipping"),
        line("CARD", 1, 5000, kind="gift_card"),
        tenders=[{"kind": "points", "amount": 1690}, {"kind": "cash", "amount": 6760}],
    )
    kinds = ["article", *["shipping"] * shipping, *["gift_card"] * gift_cards]
    earning = rule(
        "earn",
        per=1,
        include_tax=include_tax,
        selector={"kinds": kinds},
        except_tenders=[] if points_count else ["points"],
    )
    base = (2300 if include_tax else 2000) + (1150 if include_tax else 1000) * shipping + 5000 * gift_cards
    assert only(evaluated([earning], bought)).base == (base if points_count else base * 4 // 5)


def test_by_default_delivery_and_gift_cards_earn_nothing_and_are_not_discounted() -> None:
    bought = basket(line("A"), line("POST", kind="shipping"), line("CARD", kind="gift_card"))
    off, accrual = evaluated([rule("discount", percent_off=10), rule("earn", per=1)], bought).effects
    assert (off.amount, accrual.base) == (100, 900)  # type: ignore[union-attr]


def test_delivery_can_be_free_from_an_amount_on() -> None:
    free = rule(
        "discount",
        percent_off=100,
        selector={"kinds": ["shipping"]},
        conditions=[{"kind": "spend_at_least", "amount": 1500}],
    )
    post = line("POST", price=900, kind="shipping")
    assert evaluated([free], basket(line(price=1500), post)).totals.due == 1500
    assert missed(evaluated([free], basket(line(price=1000), post))) == [("discount", "spend_at_least", 500, "money")]


@settings(deadline=None)  # a busy machine is no failure
@given(baskets(), earnings, st.lists(discounts, max_size=3))
def test_pain_13_no_discount_makes_a_basket_earn_more(
    bought: Basket, earning: dict[str, Any], cuts: list[dict[str, Any]]
) -> None:
    """Reward lines that earn points themselves."""
    reductions = [rule("discount", **each | {"id": f"d{number}"}) for number, each in enumerate(cuts)]
    plain = [effect.amount for effect in evaluated([rule("earn", **earning)], bought).effects]  # type: ignore[union-attr]
    effects = evaluated([*reductions, rule("earn", **earning)], bought).effects
    assert sum(effect.amount for effect in effects if isinstance(effect, Accrue)) <= sum(plain)


def test_points_of_another_kind() -> None:
    cashback = rule("earn", per=100, unit="SAR")
    assert only(evaluated([cashback], further_units=[{"unit": "SAR"}])).unit == "SAR"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"per": 0}, id="per nothing"),
        pytest.param({"per": 1, "points": 0}, id="no points"),
        pytest.param({"per": 1, "points": 101}, id="more than a wallet could hold"),
        pytest.param({"per": 100, "rounding": "sideways"}, id="unknown rounding"),
        pytest.param({"per": 100, "multiplier": 2}, id="unknown key"),
        pytest.param({}, id="per how much"),
        pytest.param({"for_each": "visit", "per": 2}, id="every second visit"),
        pytest.param({"for_each": "unit", "include_tax": False}, id="the tax of a unit"),
        pytest.param({"for_each": "unit", "except_tenders": ["points"]}, id="units paid with points"),
        pytest.param({"for_each": "visit", "base": "before_discounts"}, id="a visit before discounts"),
    ],
)
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(rule("earn", **fields))
