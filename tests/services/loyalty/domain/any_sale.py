"""Any program, any customer, any basket: what the property tests draw from."""

from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts, VoucherFacts
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.reward import Reward
from services.loyalty.domain.voucher_code import voucher_code
from tests.services.loyalty.domain.build import NAME, basket, customer, line, program, rule

REWARD: TypeAdapter[Reward] = TypeAdapter(Reward)
VOUCHER = voucher_code(b"0123456789")
CATEGORIES = {"COFFEE": ["drinks", "hot"], "TEA": ["drinks"], "BREAD": ["food"], "GYM12": []}

selectors = st.sampled_from(
    [
        {},
        {"categories": ["drinks"]},
        {"skus": ["COFFEE", "BREAD"]},
        {"except_categories": ["food"]},
        {"kinds": ["article", "shipping"]},
    ]
)
roundings = st.sampled_from(["down", "half_up", "half_even", "up"])
parts = st.sampled_from(["once", "per_line", "per_unit"])
percents = st.sampled_from([10, 33.33, 50, 100])

conditions = st.lists(
    st.one_of(
        st.builds(lambda amount: {"kind": "spend_at_least", "amount": amount}, st.integers(1, 5000)),
        st.builds(lambda quantity: {"kind": "quantity_at_least", "quantity": quantity}, st.integers(1, 6)),
        st.just({"kind": "has_code", "code": "WELCOME"}),
    ),
    max_size=1,
)


def fields(**each: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"selector": selectors, "conditions": conditions, **each})


rewards = st.one_of(
    st.fixed_dictionaries({"kind": st.just("free_item"), "name": st.just(NAME), "selector": selectors}),
    st.fixed_dictionaries({"kind": st.just("amount_off"), "name": st.just(NAME), "amount": st.integers(1, 5000)}),
    st.fixed_dictionaries({"kind": st.just("percent_off"), "name": st.just(NAME), "percent_off": percents}),
)
items = [{"sku": "MUG"}, {"sku": "SPOON"}]
on_top = st.builds(
    lambda shared, more: shared | more,
    st.fixed_dictionaries({"counting": st.just("on_top"), "buy": st.integers(1, 3), "selector": selectors}),
    st.sampled_from([{}, {"items": items[:1]}, {"items": items, "free_unit": "chosen"}, {"sets_within": "sku"}]),
)
among = st.builds(
    lambda shared, more: shared | more,
    fields(
        buy=st.integers(1, 3),
        get=st.integers(1, 2),
        free_unit=st.sampled_from(["cheapest", "dearest", "chosen"]),
        percent_off=percents,
        sets_max=st.sampled_from([None, 1]),
    ),
    st.one_of(st.just({}), st.just({"sets_within": "sku"}), st.fixed_dictionaries({"get_selector": selectors})),
)
choices = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(["r0", "r1"]),
        "sku": st.sampled_from(["MUG", "SPOON", "COFFEE", "BREAD"]),
        "quantity": st.integers(1, 3),
    }
)
scopes = st.sampled_from(
    [{"scope": scope} for scope in ("together", "each_line", "each_unit", "cheapest_unit", "dearest_unit")]
    + [{"scope": "nth_unit", "nth": 2}]
)
percentages = st.fixed_dictionaries({"percent_off": percents, "rounded": parts})
cuts = st.one_of(
    st.fixed_dictionaries({"percent_off": percents}),
    st.fixed_dictionaries({"amount_off": st.integers(1, 1500)}),
    st.fixed_dictionaries({"fixed_price": st.integers(0, 1500)}),
)
caps = st.sampled_from([{}, {}, {"at_most": 7}, {"at_most": 500}])
discounts = st.builds(
    lambda shared, cut, cap: shared | cut | cap,
    fields(rounding=roundings),
    st.one_of(percentages, st.builds(lambda cut, scope: cut | scope, cuts, scopes)),
    caps,
)
part_lists = st.lists(
    st.fixed_dictionaries({"selector": selectors, "quantity": st.integers(1, 2)}), min_size=2, max_size=3
)
bundles = st.builds(
    lambda shared, price: shared | price,
    fields(parts=part_lists, sets_max=st.sampled_from([None, 1])).map(
        lambda drawn: {name: value for name, value in drawn.items() if name != "selector"}
    ),
    st.sampled_from([{"fixed_price": 700}, {"percent_off": 33.33}, {"amount_off": 500}, {"percent_off": 100}]),
)
for_money = fields(
    points=st.integers(1, 3),
    per=st.integers(1, 300),
    base=st.sampled_from(["after_discounts", "after_line_discounts", "before_discounts"]),
    include_tax=st.booleans(),
    except_tenders=st.sampled_from([[], ["points"]]),
    rounding=roundings,
    rounded=parts,
)
for_articles = st.builds(
    lambda shared, each: shared | each,
    fields(points=st.integers(1, 3), rounding=roundings),
    st.sampled_from([{"for_each": "unit"}, {"for_each": "unit", "per": 3}, {"for_each": "visit"}]),
)
earnings = st.one_of(for_money, for_articles)
tenders = st.fixed_dictionaries({"kind": st.sampled_from(["points", "cash"]), "amount": st.integers(0, 2000)})
families = st.one_of(
    st.tuples(st.just("bundle"), bundles),
    st.tuples(st.just("buy_x_get_y"), st.one_of(among, on_top)),
    st.tuples(st.just("discount"), discounts),
    st.tuples(st.just("earn"), earnings),
    st.tuples(
        st.just("stamp_card"),
        fields(stamps_needed=st.integers(1, 5), stamp_for=st.sampled_from(["unit", "visit"]), reward=rewards),
    ),
    st.tuples(
        st.just("membership_bonus"),
        st.just({"plan": "gym", "selector": {"skus": ["GYM12"]}, "paid_months": 12, "bonus_months": 3}),
    ),
    st.tuples(
        st.just("pass"), st.just({"plan": "swim", "selector": {"skus": ["GYM12"]}, "entries": 10, "valid_days": 30})
    ),
)


@st.composite
def programs(draw: st.DrawFn, odd_cents: tuple[str, ...] = ("largest_remainder",)) -> CompiledProgram:
    drawn = draw(st.lists(families, min_size=1, max_size=5))
    rules = [rule(kind, **each | {"id": f"r{number}"}) for number, (kind, each) in enumerate(drawn)]
    for each in rules:
        if each["kind"] == "stamp_card":
            each["card"] = f"card-{each['id']}"
    return program(
        *rules,
        pending_days=draw(st.sampled_from([0, 14])),
        several_percentages=draw(st.sampled_from(["each_of_what_is_left", "best_only", "added_up"])),
        odd_cent=draw(st.sampled_from(odd_cents)),
    )


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    sku = draw(st.sampled_from(sorted(CATEGORIES)))
    quantity, price = draw(st.integers(1, 6)), draw(st.sampled_from([0, 1, 99, 333, 1000]))
    discount = draw(st.sampled_from([0, 0, 1, quantity * price // 3]))
    discount = min(discount, quantity * price)
    tax = draw(st.sampled_from([0, (quantity * price - discount) * 15 // 115]))
    kind = draw(st.sampled_from(["article"] * 6 + ["shipping", "gift_card"]))
    return line(sku, quantity, price, discount=discount, tax=tax, kind=kind, categories=CATEGORIES[sku])


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    codes = draw(st.lists(st.sampled_from(["welcome", VOUCHER]), unique=True))
    return basket(
        *draw(st.lists(lines(), min_size=1, max_size=5)),
        codes=codes,
        choices=draw(st.lists(choices, max_size=2)),
        tenders=draw(st.lists(tenders, max_size=2)),
    )


@st.composite
def customers(draw: st.DrawFn) -> CustomerFacts:
    voucher = VoucherFacts(code=VOUCHER, reward=REWARD.validate_python(draw(rewards)))
    stamps = {f"card-r{number}": draw(st.integers(-2, 4)) for number in range(5)}
    return customer(stamps=stamps, vouchers=draw(st.sampled_from([(), (voucher,)])))
