"""One side of a referral gets its award once, for the referral or for each purchase."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from contracts.events.loyalty import ReferralRewarded
from kernel.ids import CustomerId
from services.loyalty.domain.award import Award
from services.loyalty.operations.follow_referrals import program_of_referral
from services.loyalty.operations.reward_side import reward_side
from services.loyalty.queries.customers import locked
from services.loyalty.tables.books import Books
from services.loyalty.tables.referrals import ReferralRow
from tests.services.loyalty.referrals import Referrals
from tests.services.loyalty.shop import Shop

GIFT = Award.model_validate({"points": 70})


def with_books(shop: Shop, customer_id: CustomerId, work: Callable[..., Any], *rest: Any) -> None:
    """Do it to the advocate of the one referral."""
    with shop.database.transaction(shop.tenant_id) as db:
        row, standing, books = (
            db.scalars(select(ReferralRow)).one(),
            locked(db, shop.tenant_id, customer_id),
            Books(shop.at),
        )
        work(db, books, row, program_of_referral(db, row), "advocate", standing, *rest)
        books.close(db)


def test_each_purchase_is_a_source_of_its_own(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, _omar = referrals.two()
    for purchase_id in ("pur_1", "pur_2", "pur_1", None, None):
        with_books(shop, ana, reward_side, GIFT, shop.at, purchase_id)
    assert shop.points(ana)[0] == 3 * 70
    with_books(shop, ana, reward_side, None, shop.at, "pur_3")
    told = [event for event in shop.told() if isinstance(event, ReferralRewarded)]
    assert [(event.purchase_id, len(event.facts)) for event in told] == [
        ("pur_1", 1),
        ("pur_2", 1),
        ("pur_1", 0),
        (None, 1),
        (None, 0),
    ]
