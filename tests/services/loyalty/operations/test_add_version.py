"""The next draft of a program."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.loyalty.domain.refusals.programs import ProgramUnknown
from services.loyalty.operations.add_version import add_version
from tests.services.loyalty.domain.build import document, rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def add(shop: Shop, program_id: str) -> int:
    with shop.database.transaction(shop.tenant_id) as db:
        return add_version(
            db, shop.tenant_id, program_id, document(rule("earn", per=7)), actor="key_test", at=shop.at
        ).version


def test_a_draft_beside_the_live_version_changes_nothing(shop: Shop) -> None:
    program_id, live = shop.publish(POINT_PER_RIYAL)
    assert add(shop, program_id) == live + 1
    assert shop.sell(shop.customer()).purchase.program_version == live


def test_those_who_draft_at_once_get_numbers_of_their_own(shop: Shop) -> None:
    program_id, _live = shop.publish(POINT_PER_RIYAL)
    with ThreadPoolExecutor(5) as staff:
        assert sorted(staff.map(lambda _number: add(shop, program_id), range(5))) == [2, 3, 4, 5, 6]


def test_nobody_drafts_in_a_program_that_is_not_theirs(shop: Shop, other_shop: Shop) -> None:
    theirs, _version = other_shop.publish(POINT_PER_RIYAL)
    for program_id in ("prg_nothing", theirs):
        with pytest.raises(ProgramUnknown):
            add(shop, program_id)
