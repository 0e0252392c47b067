"""However a purchase is changed, and how often, it ends as its last form bought once. Source: docs/rules/returns.md."""

from collections import Counter
from random import Random
from typing import Any

import orjson
import pytest

from tests.services.loyalty.domain.build import line
from tests.services.loyalty.operations.test_edit_purchase import CARD, GYM, THREE, WELCOME, holdings
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


@pytest.mark.parametrize("seed", range(6))
def test_any_sequence_of_corrections_equals_the_final_basket_bought_once(
    shop: Shop, other_shop: Shop, seed: int
) -> None:
    """Returns, edits, voids and reopened sales, with nothing spent between: points, cards, vouchers, time, counts."""
    chance = Random(seed)
    rules = (THREE, POINT_PER_RIYAL, WELCOME, CARD, GYM)
    shop.publish(*rules)
    other_shop.publish(*rules)
    ana, twin = shop.customer(), other_shop.customer()
    for each, who in ((shop, ana), (other_shop, twin)):
        each.sell(who, line("COFFEE", 2), line("BREAD", 1, 300))

    def some_lines() -> list[dict[str, Any]]:
        wanted = [("COFFEE", 1000), ("TEA", 700), ("GYM", 5000), ("BREAD", 300)]
        return [line(sku, chance.randint(1, 5), price) for sku, price in chance.sample(wanted, chance.randint(1, 4))]

    lines, gone, voided = some_lines(), Counter[int](), False
    sold = shop.sell(ana, *lines).purchase.id
    for _step in range(8):
        act = chance.choice(["return", "edit", "void"])
        if voided:
            shop.reopen(sold)
            voided = False
        elif act == "edit":
            lines, gone = some_lines(), Counter()
            shop.edit(sold, *lines)
        elif act == "void":
            shop.void(sold)
            voided = True
        elif left := [place for place, each in enumerate(lines) if each["quantity"] > gone[place]]:
            place = chance.choice(left)
            units = chance.randint(1, lines[place]["quantity"] - gone[place])
            shop.take_back(sold, {place: units})
            gone[place] += units
    kept = [
        {**each, "quantity": each["quantity"] - gone[place]}
        for place, each in enumerate(lines)
        if each["quantity"] > gone[place] and not voided
    ]
    if kept:
        once = other_shop.sell(twin, *kept).purchase
        (final,) = shop.rows("SELECT due, effects FROM purchases WHERE id = :id", id=sold)
        assert final["due"] == once.due
        assert kinds(final["effects"]) == kinds(once.effects)
    assert holdings(shop, ana) == holdings(other_shop, twin)


def kinds(effects: str) -> list[Any]:
    """What the effects do, without codes."""
    return [{**effect, "code": None} for effect in orjson.loads(effects)]


def test_a_hundred_refunds_leave_nothing_behind(shop: Shop) -> None:
    """Elsewhere a refund keeps the points: buy, earn, refund, repeat. Here a hundred rounds leave nothing."""
    shop.publish(POINT_PER_RIYAL, CARD, GYM, WELCOME)
    ana = shop.customer()
    shop.sell(ana, line("COFFEE", 2))
    before = holdings(shop, ana)
    for number in range(100):
        sold = shop.sell(ana, line("COFFEE", 2), line("GYM")).purchase.id
        (shop.take_back if number % 2 else shop.void)(sold)
    assert holdings(shop, ana) == before
