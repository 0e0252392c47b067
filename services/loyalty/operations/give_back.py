"""Giving back units that were burned. Source: docs/rules/rewards.md."""

from sqlalchemy.orm import Session

from services.loyalty.domain.give_back import plan_give_back
from services.loyalty.domain.lot import Draw
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.burns import read_drawn
from services.loyalty.tables.standings import Standing, Wallet


def give_back(
    db: Session,
    books: Books,
    standing: Standing,
    wallet: Wallet,
    *,
    burn: str,
    reference: str,
    amount: int,
    already: int = 0,
) -> None:
    """Give back `amount` of the units that the ledger transaction `burn` took, `already` of which came back before.

    Each comes back to its own lot, with its own end; one that would die within the week comes as a lot of its own.
    """
    returns = plan_give_back(read_drawn(db, standing, wallet, burn), amount, at=books.at, already=already)
    own = [Draw(each.lot.id, -each.amount) for each in returns if not each.renewed]
    if own:
        books.take(standing, wallet, movement("reversal", "redeemed", reference, books.at), own)
    for each in returns:
        if each.renewed:
            books.add(
                standing,
                wallet,
                movement("reversal", "redeemed", reference, books.at),
                each.amount,
                spendable_at=books.at,
                expires_at=each.expires_at,
            )
