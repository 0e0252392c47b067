"""Wrong codes, counted in the database."""

from datetime import datetime

import pytest

from services.loyalty.domain.guessing import WRONG_MAX, Guesser
from services.loyalty.domain.refusals.codes import TooManyWrongCodes
from services.loyalty.operations.check_guessing import check_guessing
from services.loyalty.operations.count_wrong_codes import count_wrong_codes
from tests.services.loyalty.shop import NOON, Shop, later

ALL = Guesser("key_1", "till 7", "cus_1")


def guess(shop: Shop, guesser: Guesser, wrong: int = 1, at: datetime = NOON) -> None:
    with shop.database.transaction(shop.tenant_id) as db:
        count_wrong_codes(db, shop.tenant_id, guesser, wrong, at=at)


def is_barred(shop: Shop, guesser: Guesser, at: datetime = NOON) -> int | None:
    """The seconds to wait, if any."""
    with shop.database.transaction(shop.tenant_id) as db:
        try:
            check_guessing(db, shop.tenant_id, guesser, at=at)
        except TooManyWrongCodes as refused:
            return int(str(refused.params["retry_after"]))
    return None


def test_each_that_is_named_has_its_own_count(shop: Shop) -> None:
    guess(shop, ALL, WRONG_MAX["customer"])
    assert is_barred(shop, ALL) == 900
    assert is_barred(shop, Guesser("key_1", "till 7")) is None
    guess(shop, Guesser("key_1", "till 7"), WRONG_MAX["till"] - WRONG_MAX["customer"])
    assert is_barred(shop, Guesser("key_2", "till 7", "cus_2")) == 900
    assert is_barred(shop, Guesser("key_1", "till 8", "cus_2")) is None


def test_a_window_ends_and_another_begins(shop: Shop) -> None:
    guesser = Guesser("key_1", customer="cus_1")
    guess(shop, guesser, 9)
    guess(shop, guesser, at=later(minutes=14))
    assert is_barred(shop, guesser, at=later(minutes=14)) == 60
    assert is_barred(shop, guesser, at=later(minutes=15)) is None
    guess(shop, guesser, at=later(minutes=15))
    assert shop.rows("SELECT wrong, since FROM wrong_codes WHERE kind = 'customer'") == [
        {"wrong": 1, "since": later(minutes=15)}
    ]


def test_another_tenants_guesses_are_its_own(shop: Shop, other_shop: Shop) -> None:
    guess(other_shop, ALL, 1000)
    assert is_barred(shop, ALL) is None


@pytest.mark.parametrize("kind", list(WRONG_MAX))
def test_the_refusal_says_how_long(shop: Shop, kind: str) -> None:
    guesser = Guesser("k", "t", "c")
    guess(shop, guesser, WRONG_MAX["key"])
    assert is_barred(shop, guesser, at=later(seconds=0.5)) == 900, f"{kind}: begun seconds count"
