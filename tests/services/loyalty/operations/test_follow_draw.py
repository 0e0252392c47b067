"""The clock does one thing after the other, each by itself."""

from concurrent.futures import ThreadPoolExecutor

from services.loyalty.operations.follow_draw import follow_draw
from services.loyalty.schedules import follow_all_draws
from tests.services.loyalty.draws import ENTRY_PER_VISIT, Draws
from tests.services.loyalty.shop import Shop, later


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


def test_sales_at_the_moment_of_closing_are_in_the_list_or_told_so(shop: Shop) -> None:
    """Some saw the draw open, some did not: each has the entry that its answer says, and the list has no other."""
    draws, customers = Draws(shop), [shop.customer() for _person in range(4)]
    draw_id = draws.create()
    shop.publish(ENTRY_PER_VISIT)
    shop.sell(customers[0])
    shop.at = later(days=7, seconds=-1)
    sales = [[shop.sale(customer_id) for _turn in range(12)] for customer_id in customers]

    def sell(turn: int) -> None:
        for sale in sales[turn]:
            shop.record(sale)

    def close(_turn: int) -> None:
        for _look in range(30):
            follow_all_draws(shop.database, shop.tenant_id, later(days=7, seconds=1))

    with ThreadPoolExecutor(5) as everybody:
        running = [everybody.submit(sell, turn) for turn in range(4)] + [everybody.submit(close, 0)]
        for each in running:
            each.result()
    draws.close_by_clock()
    draws.follow()
    answers = shop.rows("SELECT effects, misses FROM purchases")
    entered = sum("enter_draw" in row["effects"] for row in answers)
    refused = sum("draw_closed" in row["misses"] for row in answers)
    draw = draws.read(draw_id)
    assert (entered + refused, draw.status, draw.entries) == (49, "drawn", entered)
