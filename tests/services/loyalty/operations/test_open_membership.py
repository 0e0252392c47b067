import pytest

from services.loyalty.domain.refusals.memberships import MembershipUnknown
from services.loyalty.operations.open_membership import open_membership
from tests.services.loyalty.memberships import GYM, day, sold
from tests.services.loyalty.shop import Shop


def test_opens_the_latest_time_under_the_live_plan(shop: Shop) -> None:
    gym = sold(shop, {**GYM, "grace_days": 7})
    with shop.database.transaction(shop.tenant_id) as db:
        opened = open_membership(db, shop.tenant_id, gym.id, at=shop.at)
    assert (opened.plan.grace_days, opened.today, len(opened.entries)) == (7, day("2036-03-02"), 2)
    assert opened.standing.memberships["gym"].id == gym.id


def test_another_tenants_is_unknown(shop: Shop, other_shop: Shop) -> None:
    gym = sold(shop)
    with other_shop.database.transaction(other_shop.tenant_id) as db, pytest.raises(MembershipUnknown):
        open_membership(db, other_shop.tenant_id, gym.id, at=shop.at)
