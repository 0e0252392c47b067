"""What is used of a cap on earning goes with the customer, when two turn out to be one. Source: docs/wallets.md."""

from datetime import date

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.loyalty.tables.books import Books
from services.loyalty.tables.moves import MergedCountRow, WalletMergeRow
from services.loyalty.tables.standings import Standing

REMEMBER = text("""
    INSERT INTO merged_counts (tenant_id, merge_id, kind, name, amount)
    VALUES (:tenant_id, :merge_id, 'earned', :name, :amount)
    ON CONFLICT (tenant_id, merge_id, kind, name) DO UPDATE SET amount = merged_counts.amount + excluded.amount
""")


def carry_earned(db: Session, books: Books, merge: WalletMergeRow, source: Standing, into: Standing) -> int:
    """Count for the second what the first had earned in the period of a unit's cap; returns of how many units.

    After an undo it counts for the first again, as far as it is counted still. Both must be locked; the books stay
    open.
    """
    if merge.undone_at is not None:
        return give_back(db, books, merge, source, into)
    carried = 0
    for unit in sorted(source.wallets):
        wallet = source.wallet(unit)
        amount, since = wallet.earned, wallet.earned_since
        if since is None or not amount:
            continue
        move(db, books, unit, source, into, amount, since)
        name = orjson.dumps([unit, since]).decode()
        named = {"tenant_id": merge.tenant_id, "merge_id": merge.id}
        db.execute(REMEMBER, {**named, "name": name, "amount": amount})
        carried += 1
    return carried


def give_back(db: Session, books: Books, merge: WalletMergeRow, source: Standing, into: Standing) -> int:
    """Count for the first again what had come, unless returns took it off since."""
    brought = db.scalars(
        select(MergedCountRow)
        .where(
            MergedCountRow.tenant_id == merge.tenant_id,
            MergedCountRow.merge_id == merge.id,
            MergedCountRow.kind == "earned",
        )
        .order_by(MergedCountRow.name)
    ).all()
    for row in brought:
        unit, since = orjson.loads(row.name)
        day, wallet = date.fromisoformat(since), into.wallet(unit)
        amount = min(row.amount, wallet.earned) if wallet.earned_since == day else row.amount
        move(db, books, unit, into, source, amount, day)
    return len(brought)


def move(db: Session, books: Books, unit: str, giver: Standing, taker: Standing, amount: int, since: date) -> None:
    """Count so much for the one and not for the other, in the period that began that day."""
    books.count_earned(giver, books.open_wallet(db, giver, unit), -amount, since)
    books.count_earned(taker, books.open_wallet(db, taker, unit), amount, since)
