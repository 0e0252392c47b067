"""How many more units fit under a program's caps, and counting those that came. Source: docs/rules/caps.md."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from services.loyalty.domain.caps import period_start
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.terms import Terms
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing, Wallet, load_lots


def wallet_room(
    db: Session, standing: Standing, terms: Terms, occurred_at: datetime, at: datetime
) -> Mapping[str, int]:
    """How many more units of each capped kind the customer may get by a sale of `occurred_at`."""
    room: dict[str, int] = {}
    for unit in terms.capped_units:
        wallet, of_unit = standing.wallets.get(unit) or Wallet(unit, lots={}), terms.of_unit(unit)
        if wallet.needs_lots(at):
            load_lots(db, [(standing, wallet)])
        limits = []
        if of_unit.balance_max is not None:
            limits.append(of_unit.balance_max - wallet.alive(at))
        if of_unit.period_max is not None:
            since = period_start(of_unit.period, local_date(occurred_at, terms.zone))
            limits.append(of_unit.period_max - wallet.earned_in(since))
        if limits:
            room[unit] = max(0, min(limits))
    return room


def count_earned(
    books: Books, standing: Standing, wallet: Wallet, amount: int, terms: Terms, occurred_at: datetime
) -> None:
    """Count units of a sale of that moment towards the cap of its period, if there is one."""
    of_unit = terms.of_unit(wallet.unit)
    if of_unit.period_max is not None:
        since = period_start(of_unit.period, local_date(occurred_at, terms.zone))
        books.count_earned(standing, wallet, amount, since)
