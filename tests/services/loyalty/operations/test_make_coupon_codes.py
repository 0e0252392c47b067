"""Codes that are made some at a time."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat

import pytest

from contracts.events.loyalty import CouponCodesMade
from services.loyalty.operations import make_coupon_codes as making
from services.loyalty.schedules import JOBS
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.shop import Shop

JOB = next(job for job in JOBS if job.name == "make_coupon_codes")


def test_exactly_as_many_are_made_and_told_of_once(shop: Shop) -> None:
    eid = CouponCampaign(shop, uses_per_code=1)
    batch_id = eid.order(12_001, "EID-", 10)
    assert JOB.run(shop.database, shop.tenant_id, shop.at) == 12_001
    assert JOB.run(shop.database, shop.tenant_id, shop.at) == 0
    codes = eid.codes()
    assert len(set(codes)) == 12_001
    assert {(code[:4], len(code)) for code in codes} == {("EID-", 15)}
    (told,) = [event for event in shop.told() if isinstance(event, CouponCodesMade)]
    assert (told.campaign_id, told.batch_id, told.codes) == (eid.id, batch_id, 12_001)
    sold = [eid.buy(None, shown).purchase.discount for shown in (codes[0], codes[0].lower(), codes[-1])]
    assert sold == [200, 0, 200]


def test_two_at_once_make_not_one_too_many(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "CODES_MAX", 20)
    eid = CouponCampaign(shop)
    for number in (101, 99):
        eid.order(number)
    with ThreadPoolExecutor(4) as workers:
        made = list(workers.map(lambda _n: JOB.run(shop.database, shop.tenant_id, shop.at), range(4)))
    # Who finds each batch in another's hands goes away: the next round ends what is left.
    assert sum(made) + JOB.run(shop.database, shop.tenant_id, shop.at) == 200
    assert len(eid.codes()) == 200
    assert shop.rows("SELECT number - made AS missing FROM coupon_batches") == [{"missing": 0}] * 2


def test_a_code_that_is_there_already_is_made_anew(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers: Iterator[int] = chain(repeat(7, 3), range(100, 200))
    monkeypatch.setattr(secrets, "randbits", lambda _bits: next(numbers))
    eid = CouponCampaign(shop)
    eid.order(3)
    assert [eid.make_some() for _time in range(3)] == [1, 2, 0]
    assert len(eid.codes()) == 3


def test_exact_codes_are_found_as_they_are_written(shop: Shop) -> None:
    eid = CouponCampaign(shop, code_case="exact")
    eid.order(1, "Eid-")
    eid.make_some()
    (code,) = eid.codes()
    assert [eid.buy(None, shown).purchase.discount for shown in (code, code.lower())] == [200, 0]


def test_one_tenant_s_batches_are_its_own(shop: Shop, other_shop: Shop) -> None:
    CouponCampaign(shop).order(3)
    assert JOB.run(other_shop.database, other_shop.tenant_id, shop.at) == 0


def test_a_sale_finds_its_code_as_fast_among_many_made_since(shop: Shop) -> None:
    """What the database has planned while codes were few must do for many: statistics come a minute later."""
    few = CouponCampaign(shop)
    few.order(10, "FEW-", 10)
    JOB.run(shop.database, shop.tenant_id, shop.at)
    for code in few.codes():
        assert few.buy(None, code).purchase.discount
    many = CouponCampaign(shop, uses_per_code=1)
    many.order(12_001, "MANY-", 10)
    JOB.run(shop.database, shop.tenant_id, shop.at)
    # It would take minutes, and a statement is given up after half a minute.
    assert many.buy(None, many.codes()[0]).purchase.discount
