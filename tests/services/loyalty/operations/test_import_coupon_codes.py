"""Codes that were made elsewhere."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.loyalty.domain.code_list import LineError
from services.loyalty.domain.refusals.codes import CodeFileUnreadable, CouponCampaignStopped, CouponCampaignUnknown
from services.loyalty.operations.import_coupon_codes import Imported
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.shop import Shop

FILE = "code\nOLD-1\nOLD-2\n--\nTAKEN\nold 1\n"


def test_what_can_be_taken_in_is_and_the_rest_is_named(shop: Shop) -> None:
    CouponCampaign(shop, "taken")
    old = CouponCampaign(shop, "OLD-2", uses_per_code=1)
    expected = Imported(
        added=1,
        known=1,
        errors=(
            LineError(4, "--", "unreadable"),
            LineError(5, "TAKEN", "taken"),
            LineError(6, "old 1", "repeated"),
        ),
    )
    before = shop.everything()
    assert old.take_in(FILE, dry_run=True) == expected
    assert shop.everything() == before, "a dry run changes nothing"
    assert old.take_in(FILE) == expected
    assert old.codes() == ["OLD-1", "OLD-2"]
    assert [old.buy(None, "old-1").purchase.discount for _ in range(2)] == [200, 0]


def test_the_same_file_again_adds_nothing(shop: Shop) -> None:
    old = CouponCampaign(shop)
    assert [(done.added, done.known) for done in (old.take_in("A\nB"), old.take_in("A\nB\nC"))] == [(2, 0), (1, 2)]


def test_the_same_file_at_once_is_taken_in_once(shop: Shop) -> None:
    old = CouponCampaign(shop)
    file = "\n".join(f"OLD-{number}" for number in range(2_000))
    backwards = "\n".join(f"OLD-{number}" for number in reversed(range(2_000)))
    with ThreadPoolExecutor(4) as hands:
        done = list(hands.map(old.take_in, [file, backwards] * 2))
    assert sorted(each.added for each in done) == [0, 0, 0, 2_000]
    assert len(old.codes()) == 2_000


def test_two_campaigns_that_want_the_same_codes_share_them_out(shop: Shop) -> None:
    one, other = CouponCampaign(shop), CouponCampaign(shop)
    file = "\n".join(f"OLD-{number}" for number in range(2_000))
    with ThreadPoolExecutor(2) as hands:
        done = list(hands.map(lambda campaign: campaign.take_in(file), [one, other]))
    assert sorted((each.added, len(each.errors)) for each in done) == [(0, 2_000), (2_000, 0)]


def test_what_is_refused_changes_nothing(shop: Shop, other_shop: Shop) -> None:
    old = CouponCampaign(shop)
    with pytest.raises(CodeFileUnreadable):
        old.take_in(b"\xff\xfe")
    old.stop()
    with pytest.raises(CouponCampaignStopped):
        old.take_in("A")
    assert old.codes() == []
    old.shop = other_shop
    with pytest.raises(CouponCampaignUnknown):
        old.take_in("A")
