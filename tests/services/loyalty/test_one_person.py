"""Customers who turned out to be one are counted as one, whichever card they show; and as two again after an undo."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kernel.ids import CustomerId
from services.loyalty.api.draws import participation
from services.loyalty.domain.refusals.draws import DrawEntriesUsedUp
from services.loyalty.domain.refusals.rewards import RewardLimitReached
from services.loyalty.domain.refusals.wallets import InsufficientPoints, MergedAlready
from services.loyalty.queries.draws import entered_by, wins_of
from services.loyalty.queries.rewards import redemptions_of
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.draws import ENTRY_PER_TEN, Draws
from tests.services.loyalty.leaderboards import Leaderboards
from tests.services.loyalty.memberships import GYM, GYM_YEAR, YEAR
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop, later

MUG = {"kind": "goods", "sku": "MUG", "name": {"en": "Mug", "ar": "كوب"}}
PENDING_ONLY = {"clawback": "pending_only", "pending_days": 5}
TWICE = [{"at_most": 2}]


@pytest.fixture
def old(shop: Shop) -> CustomerId:
    """The card that turns out to be a second one."""
    return shop.customer()


@pytest.fixture
def new(shop: Shop) -> CustomerId:
    """The card that stays."""
    return shop.customer()


def test_uses_of_a_coupon_add_up(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    """Whoever used it twice as two has used it twice as one; what comes back is given back to that one."""
    eid = CouponCampaign(shop, "EID", uses_per_customer=2, uses_in_total=9)
    first = eid.buy(old, "EID").purchase.id
    eid.buy(new, "EID")
    merge = shop.merge(old, new)
    assert [eid.buy(who, "EID").purchase.discount for who in (old, new)] == [0, 0]
    shop.take_back(first)
    assert eid.buy(new, "EID").purchase.discount == 200
    assert eid.buy(old, "EID").purchase.discount == 0
    shop.unmerge(merge)
    assert [eid.buy(who, "EID").purchase.discount for who in (new, old, old, old)] == [0, 200, 200, 0]
    assert shop.breaches() == []


def test_more_uses_than_the_limit_leave_none_and_never_less(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_customer=1)
    sold = [eid.buy(who, "EID").purchase.id for who in (old, new)]
    shop.merge(old, new)
    shop.take_back(sold[0])
    assert eid.buy(new, "EID").purchase.discount == 0
    shop.take_back(sold[1])
    assert eid.buy(new, "EID").purchase.discount == 200
    assert shop.breaches() == []


def test_a_coupon_that_a_checkout_reserved_counts_for_both(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_customer=1)
    reservation = shop.reserve(old, "EID")
    shop.merge(old, new)
    assert eid.buy(new, "EID").purchase.discount == 0
    shop.release_vouchers(reservation.id)
    assert eid.buy(new, "EID").purchase.discount == 200


def test_rewards_that_were_taken_add_up(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    reward = shop.offer(10, limits=TWICE)
    for who in (old, new):
        shop.adjust(who, 100)
        shop.redeem(who, reward)
    merge = shop.merge(old, new)
    for who in (new, old):
        with pytest.raises(RewardLimitReached):
            shop.redeem(who, reward)
    shop.unmerge(merge)
    shop.redeem(old, reward)
    assert shop.breaches() == []


def test_goods_to_be_handed_over_are_listed_and_cancelled(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    """Cancelled, the units come back to the one who has them now; undone, the redemption is the first one's again."""
    shop.adjust(old, 100)
    kept, given_up = (shop.redeem(old, shop.offer(10, MUG)).redemption.id for _ in range(2))
    merge = shop.merge(old, new)
    assert redeemed(shop, new) == [given_up, kept]
    shop.move(given_up, "cancelled")
    shop.follow()
    assert (shop.points(old), shop.points(new)) == ((0, 0), (90, 90))
    shop.move(kept, "prepared")
    shop.unmerge(merge)
    assert (redeemed(shop, new), redeemed(shop, old)) == ([], [given_up, kept])
    assert (shop.points(old), shop.points(new)) == ((90, 90), (0, 0))
    assert shop.breaches() == []


def redeemed(shop: Shop, customer_id: CustomerId) -> list[str]:
    with shop.database.transaction(shop.tenant_id) as db:
        found = redemptions_of(db, shop.tenant_id, customer_id, after=None, limit=10)
        return [row.id for row in found]


def test_two_redemptions_at_once_are_two_of_one_person(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    reward = shop.offer(10, limits=[{"at_most": 1}])
    shop.merge(old, new)
    for who in (old, new):
        shop.adjust(who, 100)

    def take(who: CustomerId) -> bool:
        try:
            shop.redeem(who, reward)
        except RewardLimitReached:
            return False
        return True

    with ThreadPoolExecutor(2) as hands:
        assert sorted(hands.map(take, (old, new))) == [False, True]
    assert shop.breaches() == []


def test_entries_in_a_draw_add_up(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    draws = Draws(shop)
    draw_id = draws.create(entries_per_customer=5)
    shop.publish(ENTRY_PER_TEN)
    shop.sell(old, line("THING", 1, 3000))
    draws.enter(draw_id, new, 1)
    merge = shop.merge(old, new)
    with pytest.raises(DrawEntriesUsedUp):
        draws.enter(draw_id, new, 2)
    shop.sell(new, line("THING", 1, 9000))
    assert (taking_part(shop, new), draws.entries(draw_id)) == ([5], {old: 3, new: 2})
    shop.unmerge(merge)
    assert (taking_part(shop, new), taking_part(shop, old)) == ([2], [3])
    assert shop.breaches() == []


def taking_part(shop: Shop, customer_id: CustomerId) -> list[int]:
    """How many entries the customer has in each draw."""
    with shop.database.transaction(shop.tenant_id) as db:
        entered = entered_by(db, shop.tenant_id, customer_id, after=None, limit=10)
        won = wins_of(db, shop.tenant_id, customer_id, [each.draw.id for each in entered])
        documents = [participation(each, won, shop.at) for each in entered]
    assert all(document.entries == sum(each.entries for each in document.entrants) for document in documents)
    return [document.entries for document in documents]


def test_a_prize_of_a_sealed_draw_goes_to_who_stays(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    shop.publish(POINT_PER_RIYAL)
    draws = Draws(shop)
    prize = {"name": {"en": "Points", "ar": "نقاط"}, "award": {"points": 50}}
    draw_id = draws.drawn(old, prizes=[prize], claim_days=7)
    shop.merge(old, new)
    draws.claim(draw_id, 1)
    assert (shop.points(old), shop.points(new)) == ((0, 0), (50, 50))
    with shop.database.transaction(shop.tenant_id) as db:
        assert [win.status for win in wins_of(db, shop.tenant_id, new, [draw_id])] == ["claimed"]
    assert shop.breaches() == []


def test_one_place_on_a_leaderboard(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, other = Leaderboards(shop), shop.customer()
    shop.at = later(days=1)
    board = boards.create()
    boards.join(board, old, other)
    for who in (old, new, other, other):
        shop.sell(who)
    merge = shop.merge(old, new)
    shop.sell(new)
    assert boards.places(board) == [(new, 1, 3), (other, 2, 2)]
    assert boards.mine(new) == boards.mine(old) == [(1, 3, None)]
    shop.unmerge(merge)
    assert boards.places(board) == [(other, 1, 2), (old, 2, 1)]
    shop.merge(old, new)
    boards.leave(board, new)
    assert boards.places(board) == [(other, 1, 2)]


def test_the_prize_of_a_round_goes_to_who_stays(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards = Leaderboards(shop)
    shop.at = later(days=1)
    board = boards.create()
    boards.join(board, old)
    shop.sell(old)
    shop.at = later(days=9)
    assert boards.settle_one() == 1
    shop.merge(old, new)
    boards.settle()
    assert (shop.points(old), shop.points(new)) == ((0, 0), (110, 110))
    assert shop.breaches() == []


def test_one_birthday_a_year(shop: Shop) -> None:
    shop.publish(rule("birthday", award={"points": 30}))
    old, new = (shop.customer(birthday="03-02") for _ in range(2))
    merge = shop.merge(old, new)
    assert (shop.celebrate(), shop.points(old), shop.points(new)) == (1, (0, 0), (30, 30))
    shop.unmerge(merge)
    assert (shop.celebrate(), shop.points(old)) == (1, (30, 30))


def test_a_birthday_that_the_other_card_had_this_year(shop: Shop, new: CustomerId) -> None:
    shop.publish(rule("birthday", award={"points": 30}))
    old = shop.customer(birthday="03-02")
    assert shop.celebrate() == 1
    shop.merge(old, new)
    shop.customer(known=new, version=2, birthday="03-03")
    shop.at = later(days=1)
    assert (shop.celebrate(), shop.points(new)) == (0, (30, 30))


def test_an_activity_is_taken_back_from_who_has_what_it_gave(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    award = {"points": 50, "reward": FREE_COFFEE}
    limits = [{"at_most": 1}]
    shop.publish(rule("activity", activity="review", award=award, limits=limits))
    told = shop.activity(old, "review").row.id
    shop.merge(old, new)
    assert shop.activity(new, "review").row.effects == "[]"
    shop.cancel_activity(told)
    shop.follow()
    assert (shop.points(old), shop.points(new)) == ((0, 0), (0, 0))
    assert [row["status"] for row in shop.rows("SELECT status FROM vouchers")] == ["revoked"]
    shop.activity(new, "review")
    assert shop.points(new) == (50, 50)
    assert shop.breaches() == []


@pytest.mark.parametrize("policy", [{"clawback": "debt"}, {"clawback": "clamp"}, PENDING_ONLY])
def test_a_return_takes_from_who_has_the_units(
    shop: Shop, old: CustomerId, new: CustomerId, policy: dict[str, Any]
) -> None:
    """Also where nothing becomes a debt: the first one's empty wallet is no way to keep them."""
    shop.publish(POINT_PER_RIYAL, **policy)
    sold = shop.earn(old, 30)
    shop.earn(new, 5)
    merge = shop.merge(old, new)
    shop.take_back(sold)
    assert (shop.points(old)[0], shop.points(new)[0]) == (0, 5)
    shop.unmerge(merge)
    assert (shop.points(old)[0], shop.points(new)[0]) == (0, 5)
    assert shop.breaches() == []


def test_an_award_is_taken_back_where_nothing_becomes_a_debt(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    shop.publish(rule("activity", activity="review", award={"points": 50}), clawback="clamp")
    told = shop.activity(old, "review").row.id
    shop.merge(old, new)
    shop.cancel_activity(told)
    assert (shop.points(old), shop.points(new)) == ((0, 0), (0, 0))
    assert shop.breaches() == []


def merged(shop: Shop, source: CustomerId, into: CustomerId) -> bool:
    """Whether this one was the merge."""
    try:
        shop.merge(source, into)
    except MergedAlready:
        return False
    return True


def test_two_merges_at_once_are_one(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    shop.adjust(old, 10)
    with ThreadPoolExecutor(4) as hands:
        jobs = [hands.submit(merged, shop, old, new) for _ in range(4)]
        assert sorted(job.result() for job in jobs) == [False, False, False, True]
    assert (shop.points(new), shop.breaches()) == ((10, 10), [])


def test_each_into_the_other_at_once(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    for who in (old, new):
        shop.adjust(who, 10)
    with ThreadPoolExecutor(2) as hands:
        jobs = [hands.submit(merged, shop, *pair) for pair in ((old, new), (new, old))]
        assert sorted(job.result() for job in jobs) == [False, True]
    assert sorted(shop.points(who) for who in (old, new)) == [(0, 0), (20, 20)]


def test_taking_a_reward_at_the_moment_of_the_merge(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    """Whichever comes first: each unit is spent once."""
    reward = shop.offer(10)
    shop.adjust(old, 30)

    def take() -> bool:
        try:
            shop.redeem(old, reward)
        except InsufficientPoints:
            return False
        return True

    with ThreadPoolExecutor(4) as hands:
        taking = [hands.submit(take) for _ in range(3)]
        hands.submit(shop.merge, old, new).result()
        taken = sum(job.result() for job in taking)
    shop.follow()
    assert (shop.points(old), shop.points(new)[0]) == ((0, 0), 30 - 10 * taken)
    assert shop.breaches() == []


def test_a_return_at_the_moment_of_the_merge(shop: Shop, old: CustomerId, new: CustomerId) -> None:
    shop.publish(POINT_PER_RIYAL)
    sold = [shop.earn(old, 10) for _ in range(4)]
    with ThreadPoolExecutor(4) as hands:
        jobs = [hands.submit(shop.take_back, each) for each in sold[1:]] + [hands.submit(shop.merge, old, new)]
        for job in jobs:
            job.result()
    shop.follow()
    assert (shop.points(old), shop.points(new), shop.breaches()) == ((0, 0), (10, 10), [])


def test_the_old_id_answers_after_a_merge(shop: Shop, call: Client) -> None:
    """With what has not followed yet, and then with nothing; its purchases and their history stay."""
    shop.publish(POINT_PER_RIYAL, GYM_YEAR, plans=[GYM])
    old, new = shop.customer(), shop.customer()
    sold = [shop.earn(old, 30), shop.sell(old, YEAR).purchase.id]
    client = call(shop.tenant_id)
    wish = {"from_customer_id": old, "into_customer_id": new, "reason": "one person"}
    assert client.post("/v1/wallet_merges", json=wish, headers={"Idempotency-Key": "M-1"}).status_code == 201

    def seen(customer_id: str) -> tuple[int, list[str], list[str]]:
        of = f"/v1/customers/{customer_id}"
        points = client.get(f"{of}/balance").json()["balance"]
        memberships = [each["status"] for each in client.get(f"{of}/memberships").json()["data"]]
        return points, memberships, [each["id"] for each in client.get(f"{of}/purchases").json()["data"]]

    assert seen(old) == (0, ["ended"], sold[::-1])
    # The shop of the tests is ahead of the clock that the API goes by.
    assert seen(new) == (1230, ["upcoming"], [])
    shop.earn(old, 7)
    assert (seen(old)[0], shop.follow(), seen(old)[0], seen(new)[0]) == (7, 1, 0, 1237)
