"""Every pair of states: which step there is, and which there is not."""

from itertools import product
from typing import get_args

import pytest

from services.loyalty.domain.fulfilment import Fulfilment, check_step
from services.loyalty.domain.refusals.rewards import RedemptionClosed

STATES: tuple[Fulfilment, ...] = get_args(Fulfilment)
GOODS = {
    ("issued", "prepared"),
    ("issued", "shipped"),
    ("issued", "handed_over"),
    ("issued", "cancelled"),
    ("prepared", "shipped"),
    ("prepared", "handed_over"),
    ("prepared", "cancelled"),
    ("shipped", "handed_over"),
}


@pytest.mark.parametrize("voucher", [False, True], ids=["goods", "voucher"])
@pytest.mark.parametrize(("now", "then"), list(product(STATES, STATES)))
def test_steps(now: Fulfilment, then: Fulfilment, voucher: bool) -> None:
    possible = {("issued", "cancelled")} if voucher else GOODS
    # A voucher's redemption is only ever issued or cancelled.
    if voucher and now not in ("issued", "cancelled"):
        return
    if (now, then) in possible:
        check_step(now, then, voucher=voucher)
        return
    with pytest.raises(RedemptionClosed):
        check_step(now, then, voucher=voucher)
