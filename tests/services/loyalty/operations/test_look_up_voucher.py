"""A voucher by the code somebody shows."""

import pytest

from services.loyalty.domain.guessing import WRONG_MAX, Guesser
from services.loyalty.domain.refusals.codes import TooManyWrongCodes
from services.loyalty.domain.voucher_code import displayed, voucher_code
from services.loyalty.operations.look_up_voucher import look_up_voucher
from tests.services.loyalty.shop import Shop


def look_up(shop: Shop, code: str, guesser: Guesser) -> str | None:
    with shop.database.transaction(shop.tenant_id) as db:
        found = look_up_voucher(db, shop.tenant_id, code, guesser, at=shop.at)
    return found.id if found else None


def test_right_ones_are_found_and_wrong_ones_counted(shop: Shop, other_shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    redeemed = shop.redeem(ana, shop.offer(10))
    code = str(redeemed.code)
    assert look_up(shop, displayed(code).lower(), Guesser("k")) == redeemed.redemption.voucher_id
    assert look_up(shop, code, Guesser("k", customer=ana)) == redeemed.redemption.voucher_id
    assert shop.rows("SELECT * FROM wrong_codes") == []
    for wrong in ("NO", voucher_code(bytes(10))):
        assert look_up(shop, wrong, Guesser("k")) is None
    assert look_up(shop, code, Guesser("k", customer="cus_other")) is None
    assert look_up(other_shop, code, Guesser("k")) is None
    assert shop.rows("SELECT wrong FROM wrong_codes WHERE kind = 'key'") == [{"wrong": 3}]


def test_a_right_code_is_no_oracle(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    code = str(shop.redeem(ana, shop.offer(10)).code)
    for _number in range(WRONG_MAX["till"]):
        look_up(shop, "NO", Guesser("k", "7"))
    for tried in ("NO", code):
        with pytest.raises(TooManyWrongCodes):
            look_up(shop, tried, Guesser("k", "7"))
