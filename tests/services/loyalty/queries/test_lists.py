"""Lists: a tenant's own, in their order, page by page."""

import pytest

from chassis.data.known_tenants import learn_tenant
from kernel.ids import CustomerId
from services.loyalty.domain.refusals.purchases import PurchaseUnknown
from services.loyalty.domain.refusals.rewards import RedemptionUnknown
from services.loyalty.queries.holdings import memberships_of, stamp_cards_of, vouchers_of
from services.loyalty.queries.purchases import find_purchase, find_purchase_by_receipt, purchases_of
from services.loyalty.queries.rewards import find_redemption, rewards_of
from services.loyalty.queries.statement import statement_of
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.ledger import EntryRow
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop

CARD = rule("stamp_card", card="coffee", stamps_needed=1, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE)
GYM = rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3)


def test_a_statement_runs_from_the_newest_to_the_first(shop: Shop) -> None:
    ana, omar = shop.customer(), shop.customer()
    for amount in (10, 20, -5):
        shop.adjust(ana, amount)
    shop.adjust(omar, 99)

    def page(after: str | None) -> list[EntryRow]:
        with shop.database.transaction(shop.tenant_id) as db:
            return list(statement_of(db, shop.tenant_id, ana, "points", after=after, limit=2))

    first = page(None)
    second = page(str(first[-1].position))
    assert [(entry.amount, entry.balance_after) for entry in first + second] == [(-5, 25), (20, 30), (10, 10)]


def test_purchases_of_a_customer_the_newest_first(shop: Shop) -> None:
    ana = shop.customer()
    made = [shop.sell(ana).purchase.id for _number in range(3)]
    shop.sell(shop.customer())
    with shop.database.transaction(shop.tenant_id) as db:
        first = purchases_of(db, shop.tenant_id, ana, after=None, limit=2)
        second = purchases_of(db, shop.tenant_id, ana, after=first[-1].id, limit=2)
    assert [purchase.id for purchase in first + second] == made[::-1]


def test_a_purchase_by_its_id_and_by_its_receipt(shop: Shop, other_shop: Shop) -> None:
    sold = shop.sell(None, external_id="R-X").purchase
    with shop.database.transaction(shop.tenant_id) as db:
        assert find_purchase(db, shop.tenant_id, sold.id) == sold
        assert find_purchase_by_receipt(db, shop.tenant_id, "riyadh-1", "R-X") == sold
        with pytest.raises(PurchaseUnknown):
            find_purchase_by_receipt(db, shop.tenant_id, "riyadh-2", "R-X")
    with other_shop.database.transaction(other_shop.tenant_id) as db:
        with pytest.raises(PurchaseUnknown):
            find_purchase(db, shop.tenant_id, sold.id)
        with pytest.raises(PurchaseUnknown):
            find_purchase_by_receipt(db, other_shop.tenant_id, "riyadh-1", "R-X")


def test_what_a_customer_has_beside_units(shop: Shop) -> None:
    shop.publish(CARD, GYM)
    ana = shop.customer()
    shop.sell(ana, line("COFFEE", 3), line("GYM"))
    shop.sell(shop.customer(), line("COFFEE", 2))
    with shop.database.transaction(shop.tenant_id) as db:
        (card,) = stamp_cards_of(db, shop.tenant_id, ana)
        (membership,) = memberships_of(db, shop.tenant_id, ana)
        first = vouchers_of(db, shop.tenant_id, ana, after=None, limit=2)
        second = vouchers_of(db, shop.tenant_id, ana, after=first[-1].id, limit=2)
    assert (card.card, card.stamps, card.filled) == ("coffee", 0, 3)
    assert (membership.plan, str(membership.ends_on)) == ("gym", "2037-06-01")
    ids = [voucher.id for voucher in (*first, *second)]
    assert (len(ids), ids) == (3, sorted(ids, reverse=True))


def test_rewards_and_redemptions(shop: Shop, other_shop: Shop) -> None:
    offered = [shop.offer(price) for price in (1, 2, 3)]
    other_shop.offer(9)
    ana = shop.customer()
    shop.adjust(ana, 10)
    redeemed = shop.redeem(ana, offered[1])
    with shop.database.transaction(shop.tenant_id) as db:
        first = rewards_of(db, shop.tenant_id, today=shop.at.date(), after=None, limit=2)
        second = rewards_of(db, shop.tenant_id, today=shop.at.date(), after=first[-1].id, limit=2)
        found = find_redemption(db, shop.tenant_id, redeemed.redemption.id)
    assert [reward.id for reward in (*first, *second)] == offered
    assert found.voucher is not None
    assert (found.row.price, found.voucher.code, found.steps) == (2, redeemed.code, [])
    with other_shop.database.transaction(other_shop.tenant_id) as db, pytest.raises(RedemptionUnknown):
        find_redemption(db, other_shop.tenant_id, redeemed.redemption.id)


def test_strangers_have_nothing(shop: Shop) -> None:
    nobody = CustomerId("cus_nobody")
    with shop.database.transaction(shop.tenant_id) as db:
        assert purchases_of(db, shop.tenant_id, nobody, after=None, limit=9) == []
        assert statement_of(db, shop.tenant_id, nobody, "points", after=None, limit=9) == []


def test_the_zone_of_a_tenants_days(shop: Shop) -> None:
    def zone() -> str:
        with shop.database.transaction(shop.tenant_id) as db:
            return zone_of(db, shop.tenant_id).key

    assert zone() == "UTC"
    with shop.database.transaction() as db:
        learn_tenant(db, shop.tenant_id, livemode=False, currency="AED", time_zone="Asia/Dubai")
    assert zone() == "Asia/Dubai"
    shop.publish(POINT_PER_RIYAL, time_zone="Asia/Kuwait")
    assert zone() == "Asia/Kuwait"
