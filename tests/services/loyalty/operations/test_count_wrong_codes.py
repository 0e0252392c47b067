"""Wrong codes, counted in the database."""

from concurrent.futures import ThreadPoolExecutor

from tests.services.loyalty.operations.test_check_guessing import ALL, guess
from tests.services.loyalty.shop import Shop


def test_nothing_wrong_is_no_row(shop: Shop) -> None:
    guess(shop, ALL, 0)
    assert shop.rows("SELECT * FROM wrong_codes") == []


def test_many_at_once_are_all_counted(shop: Shop) -> None:
    with ThreadPoolExecutor(6) as doors:
        list(doors.map(lambda _n: guess(shop, ALL), range(24)))
    assert {row["wrong"] for row in shop.rows("SELECT wrong FROM wrong_codes")} == {24}
