"""The way of a redemption from the counter to the customer's hands. Source: docs/rules/rewards.md."""

from typing import Literal

from services.loyalty.domain.refusals.rewards import RedemptionClosed

Fulfilment = Literal["issued", "prepared", "shipped", "handed_over", "cancelled"]

# A voucher is in its owner's hands once it is issued, so that the only step left to it is back.
STEPS: dict[Fulfilment, frozenset[Fulfilment]] = {
    "issued": frozenset({"prepared", "shipped", "handed_over", "cancelled"}),
    "prepared": frozenset({"shipped", "handed_over", "cancelled"}),
    "shipped": frozenset({"handed_over"}),
    "handed_over": frozenset(),
    "cancelled": frozenset(),
}
VOUCHER_STEPS: frozenset[Fulfilment] = frozenset({"cancelled"})


def check_step(now: Fulfilment, then: Fulfilment, *, voucher: bool) -> None:
    """Raises RedemptionClosed when there is no such step."""
    if then not in STEPS[now] or (voucher and then not in VOUCHER_STEPS):
        raise RedemptionClosed(status=now, asked=then)
