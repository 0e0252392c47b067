"""A version goes live at a moment, by the clock. Source: docs/rules/programs.md."""

from datetime import datetime

import pytest

from services.loyalty.domain.refusals.programs import AnotherProgramLive
from services.loyalty.operations.add_version import add_version
from services.loyalty.operations.create_program import create_program
from services.loyalty.operations.publish_version import publish_version
from services.loyalty.operations.quote_basket import quote_basket
from services.loyalty.operations.retire_program import retire_program
from services.loyalty.operations.schedule_version import schedule_version
from services.loyalty.schedules import publish_all_scheduled
from tests.services.loyalty.domain.build import document, rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later

DOUBLE = rule("earn", per=50)
TRIPLE = rule("earn", points=3, per=100)


def draft(shop: Shop, program_id: str, what: dict[str, object] = DOUBLE) -> int:
    with shop.database.transaction(shop.tenant_id) as db:
        return add_version(db, shop.tenant_id, program_id, document(what), actor="key_test", at=shop.at).version


def schedule(shop: Shop, program_id: str, number: int, moment: datetime) -> str:
    with shop.database.transaction(shop.tenant_id) as db:
        return schedule_version(db, shop.tenant_id, program_id, number, moment, actor="key_test", at=shop.at).status


def publish_due(shop: Shop) -> int:
    return publish_all_scheduled(shop.database, shop.tenant_id, shop.at)


def statuses(shop: Shop) -> list[str]:
    return [row["status"] for row in shop.rows("SELECT status FROM program_versions ORDER BY program_id, version")]


@pytest.mark.parametrize("booked", [True, False], ids=["after the job", "before the job"])
def test_sales_are_decided_by_it_from_its_moment_on(shop: Shop, booked: bool) -> None:
    program_id, _first = shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    assert schedule(shop, program_id, draft(shop, program_id), later(hours=10)) == "scheduled"
    shop.at = later(hours=9)
    assert (publish_due(shop), shop.sell(ana).purchase.program_version) == (0, 1)
    shop.at = later(hours=10)
    if booked:
        assert (publish_due(shop), publish_due(shop)) == (1, 0)
    assert shop.sell(ana).purchase.program_version == 2
    with shop.database.transaction(shop.tenant_id) as db:
        _decided, quoted = quote_basket(db, shop.tenant_id, shop.sale(ana).basket, at=shop.at)
    assert quoted is not None
    assert quoted.version == 2
    assert shop.points(ana) == (30, 30)


def test_a_sale_that_comes_late_is_decided_by_the_version_of_its_moment(shop: Shop) -> None:
    program_id, _first = shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    for number, hours in ((draft(shop, program_id), 10), (draft(shop, program_id, TRIPLE), 20)):
        schedule(shop, program_id, number, later(hours=hours))
    shop.at = later(hours=30)
    found = [shop.sell(ana, occurred_at=later(hours=hours)).purchase for hours in (25, 15, 5, -5)]
    # Before the first version of all, the one that decides now decides.
    assert [purchase.program_version for purchase in found] == [3, 2, 1, 3]
    assert shop.points(ana) == (90, 90)


def test_a_sale_of_a_time_without_a_program_earns_nothing(shop: Shop) -> None:
    program_id, _first = shop.publish(POINT_PER_RIYAL)
    shop.at = later(hours=10)
    with shop.database.transaction(shop.tenant_id) as db:
        retire_program(db, shop.tenant_id, program_id, at=shop.at)
    shop.at = later(hours=20)
    ana = shop.customer()
    assert shop.sell(ana, occurred_at=later(hours=15)).purchase.program_id is None
    assert shop.sell(ana, occurred_at=later(hours=5)).purchase.program_id == program_id
    assert shop.sell(ana).purchase.program_id is None


def test_a_scheduled_program_keeps_others_out_and_retiring_it_ends_that(shop: Shop) -> None:
    with shop.database.transaction(shop.tenant_id) as db:
        one, _ = create_program(db, shop.tenant_id, "One", document(POINT_PER_RIYAL), actor="key_test", at=shop.at)
        two, _ = create_program(db, shop.tenant_id, "Two", document(DOUBLE), actor="key_test", at=shop.at)
    schedule(shop, one.id, 1, later(hours=1))
    with pytest.raises(AnotherProgramLive):
        schedule(shop, two.id, 1, later(hours=2))
    with shop.database.transaction(shop.tenant_id) as db, pytest.raises(AnotherProgramLive):
        publish_version(db, shop.tenant_id, two.id, 1, actor="key_test", at=shop.at)
    with shop.database.transaction(shop.tenant_id) as db:
        retire_program(db, shop.tenant_id, one.id, at=shop.at)
    assert schedule(shop, two.id, 1, later(hours=2)) == "scheduled"
