"""Taking units back that should not have been given. Source: docs/rules/clawback.md."""

from collections.abc import Collection

from services.loyalty.domain.clawback import Policy, plan_clawback
from services.loyalty.domain.lot import LotId
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.standings import Standing, Wallet


def claw_back(
    books: Books,
    standing: Standing,
    wallet: Wallet,
    amount: int,
    *,
    made: Collection[LotId],
    reference: str,
    lapsed: int,
    policy: Policy,
) -> int:
    """Take `amount` units from the lots that were made, then from the newest; returns how many are let go.

    `lapsed` of them died before and are not taken a second time. What was spent is as the policy says. The wallet's
    lots must be loaded.
    """
    plan = plan_clawback(wallet.open_lots, amount, made=made, at=books.at, lapsed=lapsed, policy=policy)
    if plan.draws:
        books.take(standing, wallet, movement("reversal", "issued", reference, books.at), plan.draws)
    if plan.debt:
        owed = movement("reversal", "issued", reference, books.at)
        books.add(standing, wallet, owed, -plan.debt, spendable_at=books.at, expires_at=None)
    return plan.waived
