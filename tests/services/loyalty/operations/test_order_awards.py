"""Ordering awards for many: for a list or a segment, and what is refused."""

from typing import Any

import pytest

from kernel.refusal import Refused
from services.loyalty.operations import order_awards as ordering
from tests.services.loyalty.award_batches import AwardBatches
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def test_a_list_is_kept_in_its_order_and_who_is_named_again_is_skipped(shop: Shop) -> None:
    program_id, version = shop.publish(POINT_PER_RIYAL)
    batches, ana, ben = AwardBatches(shop), shop.customer(), shop.customer()
    batch_id = batches.order([ben, ana, ben, "cus_nobody"])
    assert batches.lines(batch_id) == [
        (ben, "waiting", None),
        (ana, "waiting", None),
        (ben, "skipped", "customer_repeated"),
        ("cus_nobody", "waiting", None),
    ]
    batch = batches.read(batch_id)
    assert (batch.customers, batch.given, batch.skipped, batch.status) == (4, 0, 1, "running")
    assert (batch.reason, batch.actor, batch.segment) == ("for the feast", "key_test", None)
    assert (batch.program_id, batch.program_version) == (program_id, version)
    assert shop.breaches() == []


def test_a_segment_is_who_is_in_it_by_now(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    batches, people = AwardBatches(shop), [shop.customer() for _each in range(4)]
    batches.into("vip", *people[:3])
    batches.into("other", people[3])
    AwardBatches(other_shop).into("vip", other_shop.customer())
    batch_id = batches.order("vip")
    batches.into("vip", people[3])
    assert batches.lines(batch_id) == [(customer_id, "waiting", None) for customer_id in sorted(people[:3])]
    assert (batches.read(batch_id).segment, batches.read(batch_id).customers) == ("vip", 3)


@pytest.mark.parametrize(
    ("whom", "award", "code"),
    [
        ("nobody", {}, "segment_empty"),
        ("vip", {}, "segment_too_large"),
        (["cus_ana"], {"points": 1, "unit": "miles"}, "award_unit_unknown"),
    ],
)
def test_what_is_refused_leaves_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, whom: Any, award: dict[str, Any], code: str
) -> None:
    monkeypatch.setattr(ordering, "SEGMENT_MAX", 2)
    shop.publish(POINT_PER_RIYAL)
    batches = AwardBatches(shop)
    batches.into("vip", *[shop.customer() for _each in range(3)])
    with pytest.raises(Refused) as refused:
        batches.order(whom, **award)
    assert refused.value.code == code
    assert shop.rows("SELECT * FROM award_batches") == shop.rows("SELECT * FROM award_lines") == []


def test_without_a_live_program_nothing_can_be_ordered(shop: Shop) -> None:
    with pytest.raises(Refused) as refused:
        AwardBatches(shop).order(["cus_ana"])
    assert refused.value.code == "no_live_program"
