"""A program ends."""

import pytest

from services.loyalty.domain.refusals.programs import ProgramUnknown
from services.loyalty.operations.retire_program import retire_program
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def retire(shop: Shop, program_id: str) -> str:
    with shop.database.transaction(shop.tenant_id) as db:
        return retire_program(db, shop.tenant_id, program_id, at=shop.at).id


def test_no_version_decides_any_more_and_the_past_stays(shop: Shop) -> None:
    program_id, _number = shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 20)
    assert [retire(shop, program_id), retire(shop, program_id)] == [program_id, program_id]
    assert shop.sell(ana).purchase.program_id is None
    shop.take_back(sold)
    assert shop.points(ana) == (0, 0)


def test_nobody_retires_what_is_not_theirs(shop: Shop, other_shop: Shop) -> None:
    theirs, _number = other_shop.publish(POINT_PER_RIYAL)
    for program_id in ("prg_nothing", theirs):
        with pytest.raises(ProgramUnknown):
            retire(shop, program_id)
    assert other_shop.sell(other_shop.customer()).purchase.program_id == theirs
