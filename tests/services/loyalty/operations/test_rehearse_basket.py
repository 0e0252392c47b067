"""A version is tried on a basket: nothing changes. Source: docs/rules/programs.md."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.loyalty.domain.evaluate import Evaluation
from services.loyalty.domain.refusals.customers import CustomerUnknown
from services.loyalty.domain.refusals.programs import RuleUnknown, VersionUnknown
from services.loyalty.operations.add_version import add_version
from services.loyalty.operations.rehearse_basket import rehearse_basket
from tests.services.loyalty.domain.build import document, line, rule
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop

CARD = rule("stamp_card", card="coffee", stamps_needed=5, reward=FREE_COFFEE)
RAMADAN = rule("discount", percent_off=10, starts_on="2036-08-01", ends_on="2036-08-30")


def draft(shop: Shop, program_id: str, *rules: dict[str, Any]) -> int:
    with shop.database.transaction(shop.tenant_id) as db:
        return add_version(db, shop.tenant_id, program_id, document(*rules), actor="key_test", at=shop.at).version


def rehearse(shop: Shop, program_id: str, number: int, customer_id: str | None, **more: Any) -> Evaluation:
    lines = more.pop("lines", ())
    with shop.database.transaction(shop.tenant_id) as db:
        basket = shop.sale(customer_id, *lines).basket
        return rehearse_basket(
            db,
            shop.tenant_id,
            program_id,
            number,
            basket,
            **{"at": shop.at, **more},  # type: ignore[arg-type]
        )[0]


def test_a_draft_is_tried_on_the_customer_as_they_stand(shop: Shop) -> None:
    program_id, _live = shop.publish(POINT_PER_RIYAL, CARD)
    ana = shop.customer()
    shop.sell(ana, line("COFFEE", 4))
    number = draft(shop, program_id, rule("earn", per=50), CARD)
    before = shop.everything()
    found = rehearse(shop, program_id, number, ana)
    assert [effect.kind for effect in found.effects] == ["accrue", "stamp", "issue_voucher"]
    assert shop.everything() == before


def test_a_future_moment_and_fewer_rules(shop: Shop) -> None:
    program_id, _live = shop.publish(POINT_PER_RIYAL)
    number = draft(shop, program_id, POINT_PER_RIYAL, RAMADAN)
    ana = shop.customer()
    then = datetime(2036, 8, 15, 9, tzinfo=UTC)
    assert rehearse(shop, program_id, number, ana).totals.due == 1000
    assert rehearse(shop, program_id, number, ana, at=then).totals.due == 900
    assert rehearse(shop, program_id, number, ana, at=then, without=["discount"]).totals.due == 1000
    with pytest.raises(RuleUnknown):
        rehearse(shop, program_id, number, ana, without=["nothing"])


def test_nobody_tries_what_is_not_theirs(shop: Shop, other_shop: Shop) -> None:
    theirs, number = other_shop.publish(POINT_PER_RIYAL)
    mine, _live = shop.publish(POINT_PER_RIYAL)
    with pytest.raises(VersionUnknown):
        rehearse(shop, theirs, number, None)
    with pytest.raises(CustomerUnknown):
        rehearse(shop, mine, 1, other_shop.customer())
