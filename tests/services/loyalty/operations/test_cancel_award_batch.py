"""Cancelling a batch of awards: what is given stays, what is not is never given."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.events.loyalty import AwardBatchFinished
from services.loyalty.domain.refusals.awards import AwardBatchDone, AwardBatchUnknown
from services.loyalty.operations import give_ordered_awards as giving
from tests.services.loyalty.award_batches import AwardBatches
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def test_who_was_given_it_keeps_it_and_nobody_else_gets_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "LINES_MAX", 1)
    shop.publish(POINT_PER_RIYAL)
    batches, people = AwardBatches(shop), [shop.customer() for _each in range(3)]
    batch_id = batches.order(people)
    batches.give_some()
    cancelled = batches.cancel(batch_id)
    assert (cancelled.status, cancelled.cancelled_by, cancelled.cancelled_for) == (
        "cancelled",
        "key_test",
        "the wrong list",
    )
    assert batches.give() == 0
    assert [shop.balance(who).available for who in people] == [5, 0, 0]
    before = shop.everything()
    assert batches.cancel(batch_id).finished_at == cancelled.finished_at
    assert shop.everything() == before
    (told,) = [event for event in shop.told() if isinstance(event, AwardBatchFinished)]
    assert (told.status, told.customers, told.given, told.skipped) == ("cancelled", 3, 1, 0)
    assert shop.breaches() == []


def test_what_is_done_cannot_be_cancelled(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    batches = AwardBatches(shop)
    batch_id = batches.order([shop.customer()])
    batches.give()
    with pytest.raises(AwardBatchDone):
        batches.cancel(batch_id)
    with pytest.raises(AwardBatchUnknown):
        AwardBatches(other_shop).cancel(batch_id)


def test_cancelled_while_it_is_given_it_says_what_was_given(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "LINES_MAX", 2)
    shop.publish(POINT_PER_RIYAL)
    batches, people = AwardBatches(shop), [shop.customer() for _each in range(40)]
    batch_id = batches.order(people)
    batches.give_some()
    with ThreadPoolExecutor(2) as pool:
        giver, canceller = pool.submit(batches.give), pool.submit(batches.cancel, batch_id)
        giver.result()
        given = canceller.result().given
    assert batches.read(batch_id).status == "cancelled"
    assert sum(shop.balance(who).available for who in people) == 5 * given
    assert shop.breaches() == []
