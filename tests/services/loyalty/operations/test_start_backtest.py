"""Who asks for a backtest, and who thinks better of it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.loyalty.domain.refusals import BacktestFinished, TooManyBacktests, VersionUnknown
from services.loyalty.operations.start_backtest import cancel_backtest
from tests.services.loyalty.operations.test_play_next_slice import LIVE, busy_month, play, step
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def test_a_few_at_a_time_and_only_of_ones_own(shop: Shop, other_shop: Shop) -> None:
    program_id, live = shop.publish(POINT_PER_RIYAL)
    theirs, number = other_shop.publish(POINT_PER_RIYAL)
    with pytest.raises(VersionUnknown):
        shop.backtest(theirs, number)
    with ThreadPoolExecutor(5) as staff:
        refused = Counter(staff.map(lambda _number: started(shop, program_id, live), range(5)))
    assert refused == {True: 3, False: 2}


def started(shop: Shop, program_id: str, version: int) -> bool:
    try:
        shop.backtest(program_id, version)
    except TooManyBacktests:
        return False
    return True


def test_it_can_be_cancelled_and_not_after_its_end(shop: Shop) -> None:
    program_id, live = shop.publish(*LIVE)
    busy_month(shop, 4)

    def cancel(backtest_id: str) -> str:
        with shop.database.transaction(shop.tenant_id) as db:
            return cancel_backtest(db, shop.tenant_id, backtest_id, at=shop.at).status

    backtest_id = shop.backtest(program_id, live)
    assert step(shop, backtest_id)
    assert [cancel(backtest_id), cancel(backtest_id)] == ["cancelled", "cancelled"]
    assert not step(shop, backtest_id)
    done = shop.backtest(program_id, live)
    play(shop, done)
    with pytest.raises(BacktestFinished):
        cancel(done)
