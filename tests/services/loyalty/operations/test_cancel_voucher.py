"""A voucher that is taken away."""

import pytest

from contracts.events.loyalty import VoucherCancelled
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.codes import VoucherClosed, VoucherUnknown
from services.loyalty.operations.cancel_voucher import cancel_voucher
from tests.services.loyalty.domain.build import NAME, line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def cancel(shop: Shop, voucher_id: str | None) -> str:
    with shop.database.transaction(shop.tenant_id) as db:
        return cancel_voucher(
            db, shop.tenant_id, str(voucher_id), by=ByHand("key_test", "issued twice"), at=shop.at
        ).status


def test_it_can_be_used_no_more_and_who_did_it_is_kept(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.adjust(ana, 10)
    redeemed = shop.redeem(ana, shop.offer(10))
    assert cancel(shop, redeemed.redemption.voucher_id) == "revoked"
    assert shop.sell(ana, line("COFFEE"), codes=[str(redeemed.code)]).purchase.due == 1000
    assert shop.rows("SELECT reason, actor FROM voucher_cancellations") == [
        {"reason": "issued twice", "actor": "key_test"}
    ]
    told = next(event for event in shop.told() if isinstance(event, VoucherCancelled))
    assert (told.voucher_id, told.reward_name, told.reason) == (redeemed.redemption.voucher_id, NAME, "issued twice")
    with pytest.raises(VoucherClosed):
        cancel(shop, redeemed.redemption.voucher_id)


def test_what_is_used_or_reserved_stays(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.adjust(ana, 20)
    reward = shop.offer(10)
    used, reserved = shop.redeem(ana, reward), shop.redeem(ana, reward)
    shop.sell(ana, line("COFFEE"), codes=[str(used.code)])
    shop.reserve(ana, str(reserved.code))
    for redeemed, status in ((used, "used"), (reserved, "reserved")):
        with pytest.raises(VoucherClosed) as refused:
            cancel(shop, redeemed.redemption.voucher_id)
        assert refused.value.params == {"status": status}


def test_nobody_cancels_what_is_not_theirs(shop: Shop, other_shop: Shop) -> None:
    ana = other_shop.customer()
    other_shop.adjust(ana, 10)
    for voucher_id in ("vch_nothing", other_shop.redeem(ana, other_shop.offer(10)).redemption.voucher_id):
        with pytest.raises(VoucherUnknown):
            cancel(shop, voucher_id)
