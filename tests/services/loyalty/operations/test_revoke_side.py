"""One side of a referral loses what it got, once."""

from contracts.events.loyalty import ReferralRevoked
from services.loyalty.operations.revoke_side import revoke_side
from services.loyalty.operations.reward_side import reward_side
from tests.services.loyalty.operations.test_reward_side import GIFT, with_books
from tests.services.loyalty.referrals import Referrals
from tests.services.loyalty.shop import Shop


def test_it_is_taken_back_once(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, _omar = referrals.two()
    for purchase_id in ("pur_1", "pur_2"):
        with_books(shop, ana, reward_side, GIFT, shop.at, purchase_id)
    for _time in range(2):
        with_books(shop, ana, revoke_side, "returned", "pur_1")
    assert shop.points(ana)[0] == 70
    told = [event for event in shop.told() if isinstance(event, ReferralRevoked)]
    assert [(event.purchase_id, event.balance, len(event.facts)) for event in told] == [
        ("pur_1", 70, 1),
        ("pur_1", 70, 0),
    ]
