"""What tills took on allowances, as it comes in. Source: docs/rules/offline.md."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import permutations
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.events.loyalty import OfflineConflictFound
from kernel.ids import CustomerId
from kernel.refusal import Refused
from services.loyalty.domain.allowance import SigningKey, signed
from services.loyalty.domain.refusals.customers import CustomerBlocked
from services.loyalty.domain.refusals.memberships import MembershipTooLong
from services.loyalty.domain.refusals.offline import AllowanceInvalid, AllowanceNeeded, AllowanceOfAnother
from services.loyalty.domain.refusals.purchases import CurrencyMismatch
from services.loyalty.operations import record_purchases as recording
from services.loyalty.operations.learn_customer import learn_customer
from services.loyalty.operations.record_purchases import Recorded, Sale, SpoiltBatch, record_purchases
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, TILL_KEY, Shop, later

PAYING = {"points": 100, "worth": 500, "step": 100}


@pytest.fixture
def paying(shop: Shop) -> Shop:
    """100 points are worth 5.00; nothing else happens."""
    shop.publish(rule("earn", per=100_000), pay_with_points=PAYING)
    return shop


@pytest.fixture
def ana(paying: Shop) -> CustomerId:
    """Somebody with a thousand points."""
    ana = paying.customer()
    paying.adjust(ana, 1000)
    return ana


def by(token: str, amount: int) -> list[dict[str, Any]]:
    return [{"kind": "points", "amount": amount, "allowance": token}]


def spend(shop: Shop, who: CustomerId, token: str, amount: int, *, of: int | None = None, **more: Any) -> Recorded:
    """A sale of `of`, all of it unless told otherwise, paid on the allowance."""
    return shop.sell(who, line("THING", 1, amount if of is None else of), tenders=by(token, amount), **more)


def refused(shop: Shop, who: str | None, tenders: list[dict[str, Any]], **more: Any) -> Refused:
    before = shop.everything()
    (outcome,) = shop.record(shop.sale(who, line("THING", 1, 1000), tenders=tenders, **more))
    assert isinstance(outcome, Refused), outcome
    assert shop.everything() == before
    return outcome


def conflicts(shop: Shop) -> list[tuple[str, int, int]]:
    rows = shop.rows("SELECT reason, amount, units FROM offline_conflicts ORDER BY id")
    return [(row["reason"], row["amount"], row["units"]) for row in rows]


def taken(shop: Shop) -> tuple[int, int]:
    (row,) = shop.rows("SELECT taken, spent FROM offline_allowances")
    return row["taken"], row["spent"]


# The table of the page: an allowance of 600 points for 30.00.
@pytest.mark.parametrize(
    ("amounts", "points", "nobody"),
    [([1000], 200, 0), ([1000, 1000, 1000], 600, 0), ([2000, 2000], 600, 1000)],
    ids=["a part", "bit by bit", "at two tills"],
)
def test_what_is_taken_and_what_nobody_paid(
    paying: Shop, ana: CustomerId, amounts: list[int], points: int, nobody: int
) -> None:
    token, row = paying.allow(ana, 600)
    for amount in amounts:
        spend(paying, ana, token, amount)
    assert taken(paying) == (points, sum(amounts) - nobody)
    assert sum(amount for _reason, amount, _units in conflicts(paying)) == nobody
    assert paying.points(ana) == (1000 - points, 400)
    paying.at = later(hours=3)
    paying.time_out()
    assert paying.points(ana) == (1000 - points, 1000 - points)
    (hold,) = paying.rows("SELECT status, captured FROM holds WHERE id = :id", id=row.hold_id)
    assert (hold["status"], hold["captured"]) == ("captured" if points == 600 else "expired", points)


def test_what_is_not_due_is_not_taken(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 600)
    spend(paying, ana, token, 2000, of=1500)
    assert (taken(paying), conflicts(paying)) == ((300, 1500), [])


def test_nothing_due_takes_nothing(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 600)
    assert spend(paying, ana, token, 2000, of=0).purchase.effects == "[]"
    assert taken(paying) == (0, 0)


def test_the_sale_stands_and_says_what_is_not_covered(paying: Shop, ana: CustomerId) -> None:
    token, row = paying.allow(ana, 600)
    spend(paying, ana, token, 2000)
    second = spend(paying, ana, token, 2000, till_id="7").purchase
    (miss,) = [miss for miss in orjson.loads(second.misses) if miss["condition"] == "allowance"]
    assert (miss["short_by"], miss["unit"], miss["code"]) == (1000, "money", row.id)
    (pay,) = orjson.loads(second.effects)
    assert (pay["units"], pay["amount"], pay["allowance"]) == (200, 2000, row.id)
    (told,) = [event for event in paying.told() if isinstance(event, OfflineConflictFound)]
    assert (told.reason, told.amount, told.units, told.till_id) == ("spent", 1000, 200, "7")
    assert (told.purchase_id, told.allowance_id, told.customer_id) == (second.id, row.id, ana)
    assert told.reason_text.keys() == {"en", "ar"}


def test_the_same_upload_again_takes_nothing(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 600)
    sales = [paying.sale(ana, line("THING", 1, 2000), tenders=by(token, 2000)) for _number in range(2)]
    first = [outcome for outcome in paying.record(*sales) if isinstance(outcome, Recorded)]
    before = paying.everything()
    again = [outcome for outcome in paying.record(*reversed(sales)) if isinstance(outcome, Recorded)]
    assert [one.purchase.id for one in reversed(again)] == [one.purchase.id for one in first]
    assert all(one.again for one in again)
    assert paying.everything() == before


@given(
    amounts=st.lists(st.integers(1, 1500), min_size=1, max_size=5),
    order=st.randoms(use_true_random=False),
    batched=st.booleans(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_comes_to_the_same(paying: Shop, amounts: list[int], order: Any, batched: bool) -> None:
    """Shuffled, in one batch or several, some twice: the same units, and the same money that nobody paid."""
    totals = set()
    shuffled = order.sample(amounts, len(amounts))
    for sequence in (amounts, shuffled):
        who = paying.customer()
        paying.adjust(who, 700)
        token, row = paying.allow(who, 600)
        sales = [paying.sale(who, line("THING", 1, amount), tenders=by(token, amount)) for amount in sequence]
        sent = [*sales, *order.sample(sales, len(sales) // 2)]
        for batch in [sent] if batched else [[sale] for sale in sent]:
            record_all(paying, batch)
        (spent,) = paying.rows("SELECT taken, spent FROM offline_allowances WHERE id = :id", id=row.id)
        (over,) = paying.rows(
            "SELECT coalesce(sum(amount), 0) AS amount FROM offline_conflicts WHERE allowance_id = :id", id=row.id
        )
        assert spent["spent"] + over["amount"] == sum(amounts)
        assert spent["spent"] == min(sum(amounts), 3000)
        totals.add((spent["taken"], spent["spent"], over["amount"], paying.points(who)))
    assert len(totals) == 1


def record_all(shop: Shop, sales: list[Sale]) -> None:
    assert all(isinstance(outcome, Recorded) for outcome in shop.record(*sales))


def test_every_order_of_three(paying: Shop) -> None:
    totals = set()
    for order in permutations((1000, 1500, 1700)):
        who = paying.customer()
        paying.adjust(who, 600)
        token, row = paying.allow(who, 600)
        for amount in order:
            spend(paying, who, token, amount)
        (spent,) = paying.rows("SELECT taken, spent FROM offline_allowances WHERE id = :id", id=row.id)
        totals.add((spent["taken"], spent["spent"], paying.points(who)))
    assert totals == {(600, 3000, (0, 0))}


def test_two_tills_upload_at_once(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 600)
    sales = [paying.sale(ana, line("THING", 1, 1000), tenders=by(token, 1000)) for _number in range(6)]

    def upload(number: int) -> list[Any]:
        with paying.database.transaction(paying.tenant_id) as db:
            return record_purchases(db, [sales[number]], at=paying.at)

    with ThreadPoolExecutor(6) as tills:
        outcomes = [outcome for batch in tills.map(upload, range(6)) for outcome in batch]
    assert all(isinstance(outcome, Recorded) for outcome in outcomes)
    assert taken(paying) == (600, 3000)
    assert conflicts(paying) == [("spent", 1000, 200)] * 3
    assert paying.points(ana) == (400, 400)


@pytest.mark.parametrize(
    ("sold", "uploaded"),
    [(later(hours=-1), later()), (later(hours=1, minutes=30), later(hours=1, minutes=31))],
    ids=["before", "after"],
)
def test_a_sale_outside_its_time_is_paid_by_nobody(
    paying: Shop, ana: CustomerId, sold: datetime, uploaded: datetime
) -> None:
    token, _row = paying.allow(ana, 600)
    paying.at = uploaded
    spend(paying, ana, token, 1000, occurred_at=sold)
    assert (taken(paying), conflicts(paying)) == ((0, 0), [("outside_time", 1000, 200)])
    assert paying.points(ana)[0] == 1000


def test_a_sale_that_comes_within_the_grace_is_covered(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 1000, hours=1, grace=1)
    paying.at = later(hours=1, minutes=59)
    paying.time_out()
    spend(paying, ana, token, 5000, occurred_at=later(minutes=30))
    assert (taken(paying), conflicts(paying)) == ((1000, 5000), [])


def test_one_that_comes_later_is_covered_by_what_is_left(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 600)
    paying.at = later(hours=3)
    assert paying.points(ana) == (1000, 1000)
    paying.adjust(ana, -700)
    spend(paying, ana, token, 2500, occurred_at=later(minutes=30))
    assert (taken(paying), conflicts(paying)) == ((300, 1500), [("too_late", 1000, 200)])
    assert paying.points(ana) == (0, 0)
    spend(paying, ana, token, 500, occurred_at=later(minutes=40))
    assert conflicts(paying)[1:] == [("too_late", 500, 100)]
    assert paying.points(ana) == (0, 0)


def test_units_that_a_return_took_are_not_taken_twice(paying: Shop) -> None:
    who = paying.customer()
    big = paying.sell(who, line("THING", 1, 60_000_000)).purchase.id
    token, _row = paying.allow(who, 600)
    paying.take_back(big)
    spend(paying, who, token, 2000)
    assert (taken(paying), conflicts(paying)) == ((0, 0), [("not_enough", 2000, 400)])
    assert paying.points(who) == (0, 0)


def test_units_that_died_meanwhile_are_still_good(paying: Shop) -> None:
    who = paying.customer()
    paying.adjust(who, 600, expires_at=later(minutes=30))
    token, _row = paying.allow(who, 600)
    paying.at = later(hours=1)
    paying.expire()
    spend(paying, who, token, 3000, occurred_at=later(minutes=20))
    assert (taken(paying), conflicts(paying), paying.points(who)) == ((600, 3000), [], (0, 0))


def test_one_that_was_called_off_pays_nothing(paying: Shop, ana: CustomerId) -> None:
    token, row = paying.allow(ana, 600)
    paying.release(row.hold_id)
    spend(paying, ana, token, 1000)
    assert (taken(paying), conflicts(paying)) == ((0, 0), [("called_off", 1000, 200)])
    assert paying.points(ana) == (1000, 1000)


def test_one_whose_hold_was_captured_by_hand_pays_nothing_more(paying: Shop, ana: CustomerId) -> None:
    token, row = paying.allow(ana, 600)
    spend(paying, ana, token, 1000)
    assert paying.capture(row.hold_id).captured == 600
    spend(paying, ana, token, 1000)
    assert (taken(paying), conflicts(paying)) == ((200, 1000), [("called_off", 1000, 200)])
    assert paying.points(ana) == (400, 400)


def test_tokens_that_are_not_ours_are_refused(paying: Shop, other_shop: Shop, ana: CustomerId) -> None:
    token, row = paying.allow(ana, 600)
    other_shop.publish(POINT_PER_RIYAL, pay_with_points=PAYING)
    huda = other_shop.customer()
    other_shop.adjust(huda, 600)
    theirs, _row = other_shop.allow(huda, 600)
    forged = signed(row.promise, SigningKey(b"a key of another's own making..."))
    altered = token.replace(".600.", ".900.")
    cut = token[:-1]
    for bad in (theirs, forged, altered, cut, "WOA1", token + "x", "WOA1." + "9" * 300):
        assert isinstance(refused(paying, ana, by(bad, 500)), AllowanceInvalid)
    assert signed(row.promise, TILL_KEY) == token


def test_an_allowance_is_its_customers(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 600)
    assert isinstance(refused(paying, paying.customer(), by(token, 500)), AllowanceOfAnother)
    assert isinstance(refused(paying, None, by(token, 500)), AllowanceOfAnother)


def test_other_money_is_refused(shop: Shop) -> None:
    """The program changed its money since."""
    shop.publish(POINT_PER_RIYAL, pay_with_points=PAYING)
    ana = shop.customer()
    shop.adjust(ana, 600)
    token, _row = shop.allow(ana, 600)
    shop.at = later(minutes=1)
    shop.publish(rule("earn", per=1000), currency="KWD", pay_with_points=PAYING)
    assert isinstance(refused(shop, ana, by(token, 500), currency="KWD"), CurrencyMismatch)


def test_a_blocked_customer_is_refused_as_online(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 600)
    with paying.database.transaction(paying.tenant_id) as db:
        learn_customer(db, paying.tenant_id, ana, version=2, language="ar", status="blocked", at=paying.at)
    assert isinstance(refused(paying, ana, by(token, 500)), CustomerBlocked)


def test_a_merged_customers_late_sale_is_a_conflict(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 600)
    into = paying.customer()
    paying.at = later(hours=3)
    paying.merge(ana, into)
    spend(paying, ana, token, 1000, occurred_at=later(minutes=30))
    assert conflicts(paying) == [("too_late", 1000, 200)]
    assert (paying.points(ana), paying.points(into)) == ((0, 0), (1000, 1000))


def test_points_without_an_allowance_are_refused_offline(paying: Shop, ana: CustomerId) -> None:
    sale = paying.sale(ana, line("THING", 1, 1000), tenders=[{"kind": "points", "amount": 500}])
    offline = Sale(tenant_id=sale.tenant_id, basket=sale.basket, fingerprint=sale.fingerprint, offline=True)
    (outcome,) = paying.record(offline)
    assert isinstance(outcome, AllowanceNeeded)
    (online,) = paying.record(sale)
    assert isinstance(online, Recorded)


def test_what_it_paid_for_earns_nothing(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pay_with_points=PAYING)
    ana = shop.customer()
    shop.adjust(ana, 600)
    token, _row = shop.allow(ana, 600)
    spend(shop, ana, token, 1000, of=3000)
    assert shop.points(ana) == (600 - 200 + 20, 20)


def test_a_return_gives_back_its_share_of_what_was_taken(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 600)
    paying.at = later(minutes=5)
    whole = paying.sell(ana, line("THING", 4, 500), tenders=by(token, 2000)).purchase.id
    half = paying.sell(ana, line("THING", 4, 500), tenders=by(token, 2000)).purchase.id
    assert paying.points(ana)[0] == 400
    first, second = paying.take_back(whole, {0: 1}), paying.take_back(whole)
    assert [each.units for each in (*first.refunds, *second.refunds)] == [100, 300]
    part, rest = paying.take_back(half, {0: 2}), paying.take_back(half)
    assert [(each.units, each.amount) for each in (*part.refunds, *rest.refunds)] == [(100, 1000), (100, 1000)]
    assert paying.points(ana)[0] == 1000
    assert taken(paying) == (600, 3000)


def test_beside_a_gift_card_each_gets_its_share_back(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 600)
    card = paying.gift_card(1000)
    tenders = [*by(token, 1500), {"kind": "gift_card", "amount": 1000, "code": card.code}]
    sold = paying.sell(ana, line("THING", 4, 500), tenders=tenders).purchase.id
    assert (taken(paying), paying.on_card(card.card.id)) == ((200, 1000), 0)
    part, rest = paying.take_back(sold, {0: 2}), paying.take_back(sold)
    for returned in (part, rest):
        assert sorted((each.tender, each.units, each.amount) for each in returned.refunds) == [
            ("gift_card", 500, 500),
            ("points", 100, 500),
        ]
    assert (paying.points(ana)[0], paying.on_card(card.card.id)) == (1000, 1000)


@pytest.fixture
def too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every membership would be too long, which is found out only when some of a sale is posted."""

    def refuse(*_facts: object) -> None:
        raise MembershipTooLong(year=9000)

    monkeypatch.setattr(recording, "apply_effects", refuse)


@pytest.mark.usefixtures("too_long")
def test_a_sale_that_is_refused_after_all_leaves_the_allowance_alone(paying: Shop, ana: CustomerId) -> None:
    token, _row = paying.allow(ana, 600)
    far = paying.sale(ana, line("THING", 1, 1000), tenders=by(token, 1000))
    before = paying.everything()
    (outcome,) = paying.record(far)
    assert isinstance(outcome, MembershipTooLong)
    assert paying.everything() == before
    with pytest.raises(SpoiltBatch):
        paying.record(paying.sale(None), far)
    assert paying.everything() == before


@pytest.mark.usefixtures("too_long")
def test_a_hold_that_was_over_is_freed_even_if_a_sale_is_refused_then(paying: Shop, ana: CustomerId) -> None:
    """The hold was closed, and what it held stayed held."""
    paying.hold(ana, 100)
    paying.at = later(hours=1)
    (outcome,) = paying.record(paying.sale(ana, line("THING", 1, 1000), tenders=[{"kind": "points", "amount": 500}]))
    assert isinstance(outcome, MembershipTooLong)
    assert paying.time_out() == 1
    assert paying.rows("SELECT held FROM wallets WHERE unit = 'points'") == [{"held": 0}]


def test_cashback_is_worth_what_it_is(shop: Shop) -> None:
    shop.publish(rule("earn", per=100, points=10), unit="SAR")
    ana = shop.customer()
    shop.sell(ana, line("THING", 1, 10_000))
    token, row = shop.allow(ana, 800, unit="SAR")
    assert row.worth == 800
    spend(shop, ana, token, 500)
    assert taken(shop) == (500, 500)
