"""Who asks for a backtest, and who thinks better of it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.loyalty.domain.refusals.programs import TooManyBacktests, VersionUnknown
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
