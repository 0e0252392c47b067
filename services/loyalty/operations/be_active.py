"""What a customer does keeps their sliding units alive. Source: docs/rules/expiry.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.loyalty.domain.terms import Terms
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing, load_lots


def be_active(db: Session, books: Books, standing: Standing, terms: Terms, at: datetime) -> None:
    """Let the customer's units that slide live from that moment."""
    for unit in terms.sliding_units:
        wallet, until = standing.wallets.get(unit), terms.end_of(unit, at)
        if wallet is None or until is None:
            continue
        if wallet.needs_lots(books.at):
            load_lots(db, [(standing, wallet)])
        books.be_active(standing, wallet, until)
