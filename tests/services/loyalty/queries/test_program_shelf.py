"""Programs are compiled once for each version; the live one is asked for every time."""

import pytest

from services.loyalty.operations.add_version import add_version
from services.loyalty.queries import program_shelf as module
from services.loyalty.queries.program_shelf import ProgramShelf
from tests.services.loyalty.domain.build import document, rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def test_a_version_is_compiled_once(shop: Shop) -> None:
    named = shop.publish(POINT_PER_RIYAL)
    shelf = ProgramShelf()
    with shop.database.transaction(shop.tenant_id) as db:
        first = shelf.program(db, shop.tenant_id, *named)
        assert first is not None
        assert shelf.live(db, shop.tenant_id) is first
    shop.publish(rule("earn", per=7))
    with shop.database.transaction(shop.tenant_id) as db:
        assert shelf.program(db, shop.tenant_id, *named) is first
        live = shelf.live(db, shop.tenant_id)
    assert live is not None
    assert (live.program_id, live.version) == (named[0], 2)


def test_drafts_and_other_tenants_programs_are_not_on_the_shelf(shop: Shop, other_shop: Shop) -> None:
    program_id, _version = shop.publish(POINT_PER_RIYAL)
    shelf = ProgramShelf()
    with shop.database.transaction(shop.tenant_id) as db:
        draft = add_version(
            db, shop.tenant_id, program_id, document(rule("earn", per=7)), actor="key_test", at=shop.at
        ).version
        assert shelf.program(db, shop.tenant_id, program_id, draft) is None
        assert shelf.program(db, shop.tenant_id, program_id, 1) is not None
    with other_shop.database.transaction(other_shop.tenant_id) as db:
        assert shelf.program(db, other_shop.tenant_id, program_id, 1) is None
        assert shelf.live(db, other_shop.tenant_id) is None


def test_the_oldest_makes_room(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "VERSIONS_MAX", 2)
    versions = [shop.publish(rule("earn", per=per)) for per in (1, 2, 3)]
    shelf = ProgramShelf()
    with shop.database.transaction(shop.tenant_id) as db:
        kept = [shelf.program(db, shop.tenant_id, *named) for named in versions]
        assert shelf.program(db, shop.tenant_id, *versions[2]) is kept[2]
        assert shelf.program(db, shop.tenant_id, *versions[1]) is kept[1]
        again = shelf.program(db, shop.tenant_id, *versions[0])
    assert again == kept[0]
    assert again is not kept[0]
