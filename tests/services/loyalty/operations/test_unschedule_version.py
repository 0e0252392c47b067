"""A version that is scheduled no more."""

import pytest

from services.loyalty.domain.refusals.programs import MomentPassed, VersionNotScheduled, VersionRetired
from services.loyalty.operations.unschedule_version import unschedule_version
from tests.services.loyalty.operations.test_schedule_version import draft, publish_due, schedule, statuses
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def unschedule(shop: Shop, program_id: str, number: int) -> str:
    with shop.database.transaction(shop.tenant_id) as db:
        return unschedule_version(db, shop.tenant_id, program_id, number, at=shop.at).status


def test_another_moment_moves_it_and_none_makes_it_a_draft_again(shop: Shop) -> None:
    program_id, _first = shop.publish(POINT_PER_RIYAL)
    number = draft(shop, program_id)
    schedule(shop, program_id, number, later(hours=10))
    schedule(shop, program_id, number, later(hours=5))
    assert shop.rows("SELECT publish_at FROM program_versions WHERE version = 2") == [{"publish_at": later(hours=5)}]
    assert unschedule(shop, program_id, number) == "draft"
    shop.at = later(hours=6)
    assert (publish_due(shop), statuses(shop)) == (0, ["live", "draft"])


def test_what_is_over_is_not_scheduled_and_what_went_live_not_unscheduled(shop: Shop) -> None:
    program_id, first = shop.publish(POINT_PER_RIYAL)
    number = draft(shop, program_id)
    with pytest.raises(MomentPassed):
        schedule(shop, program_id, number, shop.at)
    with pytest.raises(VersionRetired):
        schedule(shop, program_id, first, later(hours=1))
    schedule(shop, program_id, number, later(hours=1))
    shop.at = later(hours=2)
    with pytest.raises(VersionNotScheduled):
        unschedule(shop, program_id, number)
