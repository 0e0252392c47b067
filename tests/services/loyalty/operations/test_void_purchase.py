"""A sale that never was."""

import pytest

from services.loyalty.domain.refusals.purchases import PurchaseNotVoided, PurchaseVoided
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.operations.test_edit_purchase import CARD, GYM, WELCOME, holdings
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def test_points_are_not_kept_for_a_sale_that_was_voided(shop: Shop) -> None:
    """Elsewhere they are: voided items kept their points."""
    shop.publish(POINT_PER_RIYAL, CARD, GYM, WELCOME)
    ana = shop.customer()
    before = holdings(shop, ana)
    sold = shop.sell(ana, line("COFFEE", 4), line("GYM")).purchase
    had = holdings(shop, ana)
    voided = shop.void(sold.id)
    assert (voided.purchase.status, voided.refund) == ("voided", sold.due)
    assert holdings(shop, ana) == before
    for refused in (shop.void, shop.take_back, shop.edit):
        with pytest.raises(PurchaseVoided):
            refused(sold.id, *([line()] if refused == shop.edit else []))  # type: ignore[operator]
    reopened = shop.reopen(sold.id)
    assert (reopened.purchase.status, reopened.refund) == ("edited", -sold.due)
    assert holdings(shop, ana) == had
    with pytest.raises(PurchaseNotVoided):
        shop.reopen(sold.id)


def test_a_walk_ins_sale_is_edited_and_voided(shop: Shop) -> None:
    shop.publish(rule("discount", percent_off=50))
    sold = shop.sell(None, line("COFFEE", 2)).purchase
    assert shop.edit(sold.id, line("COFFEE", 4)).refund == -1000
    assert shop.void(sold.id).refund == 2000
