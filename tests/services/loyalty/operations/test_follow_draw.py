"""The clock does one thing after the other, each by itself."""

from services.loyalty.operations.follow_draw import follow_draw
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.shop import Shop


def test_one_step_at_a_time(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.create(claim_days=1)
    draws.enter(draw_id, shop.customer())
    draws.close_by_clock()
    seen = []
    while True:
        with shop.database.transaction(shop.tenant_id) as db:
            done = follow_draw(db, shop.tenant_id, draw_id, at=shop.at)
        if not done:
            break
        seen.append(draws.read(draw_id).status)
    assert list(dict.fromkeys(seen)) == ["closing", "closed", "drawn"]


def test_a_cancelled_one_rests(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.create()
    draws.cancel(draw_id)
    draws.close_by_clock()
    assert draws.follow() == 0
    with shop.database.transaction(shop.tenant_id) as db:
        assert follow_draw(db, shop.tenant_id, draw_id, at=shop.at) == 0
