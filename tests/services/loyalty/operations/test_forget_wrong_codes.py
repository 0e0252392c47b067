"""Windows that are over are forgotten, and only those."""

from services.loyalty.domain.guessing import Guesser
from services.loyalty.operations.count_wrong_codes import count_wrong_codes
from services.loyalty.operations.forget_wrong_codes import forget_wrong_codes
from tests.services.loyalty.shop import NOON, Shop, later


def test_what_is_forgotten(shop: Shop, other_shop: Shop) -> None:
    for each in (shop, other_shop):
        with each.database.transaction(each.tenant_id) as db:
            count_wrong_codes(db, each.tenant_id, Guesser("old"), 5, at=NOON)
            count_wrong_codes(db, each.tenant_id, Guesser("new"), 5, at=later(minutes=1))
    with shop.database.transaction(shop.tenant_id) as db:
        assert forget_wrong_codes(db, shop.tenant_id, at=later(minutes=15)) == 1
        assert forget_wrong_codes(db, shop.tenant_id, at=later(minutes=15)) == 0
    assert shop.rows("SELECT who FROM wrong_codes") == [{"who": "new"}]
    assert len(other_shop.rows("SELECT who FROM wrong_codes")) == 2
