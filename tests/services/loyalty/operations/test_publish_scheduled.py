"""What the job publishes, and when it counts."""

from contracts.events.loyalty import ProgramPublished
from services.loyalty.operations.publish_version import publish_version
from tests.services.loyalty.operations.test_schedule_version import TRIPLE, draft, publish_due, schedule, statuses
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def test_it_is_told_as_of_its_moment(shop: Shop) -> None:
    program_id, _first = shop.publish(POINT_PER_RIYAL)
    schedule(shop, program_id, draft(shop, program_id), later(hours=10))
    shop.at = later(hours=11)
    publish_due(shop)
    told = [event for event in shop.told() if isinstance(event, ProgramPublished)]
    assert [(event.version, event.occurred_at) for event in told] == [(1, later()), (2, later(hours=10))]
    assert shop.rows("SELECT published_at, retired_at FROM program_versions ORDER BY version") == [
        {"published_at": later(), "retired_at": later(hours=10)},
        {"published_at": later(hours=10), "retired_at": None},
    ]


def test_publishing_now_comes_after_what_was_due_before(shop: Shop) -> None:
    program_id, _first = shop.publish(POINT_PER_RIYAL)
    second, third = draft(shop, program_id), draft(shop, program_id, TRIPLE)
    schedule(shop, program_id, second, later(hours=1))
    shop.at = later(hours=2)
    with shop.database.transaction(shop.tenant_id) as db:
        publish_version(db, shop.tenant_id, program_id, third, actor="key_test", at=shop.at)
    assert statuses(shop) == ["retired", "retired", "live"]
    assert publish_due(shop) == 0
