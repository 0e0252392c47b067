"""A program begins as a draft: it changes nothing."""

from services.loyalty.operations.create_program import create_program
from services.loyalty.queries.programs import find_version, programs_of
from tests.services.loyalty.domain.build import document, rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def test_a_program_and_its_first_version(shop: Shop) -> None:
    wanted = document(POINT_PER_RIYAL, rule("discount", percent_off=12.5), expiry={"kind": "rolling", "months": 12})
    with shop.database.transaction(shop.tenant_id) as db:
        program, version = create_program(db, shop.tenant_id, "نقاط", wanted, actor="key_test", at=shop.at)
    with shop.database.transaction(shop.tenant_id) as db:
        assert [found.name for found in programs_of(db, shop.tenant_id, after=None, limit=9)] == ["نقاط"]
        stored = find_version(db, shop.tenant_id, program.id, version.version)
    assert (stored.version, stored.status, stored.published_at) == (1, "draft", None)
    assert type(wanted).model_validate_json(stored.document) == wanted
    assert shop.sell(shop.customer()).purchase.program_id is None
    assert shop.rows("SELECT count(*) FROM outbox WHERE type LIKE '%program%'") == [{"count": 0}]
