"""Letting a tier that was given by hand go with its customer, when two turn out to be one. Source: docs/wallets.md."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from services.loyalty.domain.tier_progress import Floor, TierRules
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.tiers import tier_records
from services.loyalty.tables.books import Books
from services.loyalty.tables.moves import WalletMergeRow
from services.loyalty.tables.standings import Standing


def carry_floor(db: Session, merge: WalletMergeRow, source: Standing, into: Standing, *, at: datetime) -> None:
    """Let the second have the first's tier given by hand, if it is the higher one, or as high and for longer.

    After an undo the second has their own again, unless they were given another since. Both must be locked; where
    that leaves them on the ladder is noted by whoever calls.
    """
    program = SHELF.live(db, into.tenant_id, at)
    rules = program.document.tier_rules if program else None
    records = tier_records(db, [source.owner, into.owner])
    theirs, ours = records[source.owner].floor, records[into.owner].floor
    brought, own = floor_of(merge.floor_tier, merge.floor_until), floor_of(merge.own_tier, merge.own_until)
    if merge.undone_at is not None:
        if brought is None or ours != brought:
            return
        floor = own
    elif rules is not None and worth(rules, theirs, rules.day(at)) > worth(rules, ours, rules.day(at)):
        assert theirs is not None, "it is worth something"
        floor = theirs
        merge.floor_tier, merge.floor_until = theirs.tier, theirs.until
        merge.own_tier, merge.own_until = (ours.tier, ours.until) if ours else (None, None)
    else:
        return
    books = Books(at)
    books.keep_tier(into, replace(records[into.owner], floor=floor))
    books.close(db)


def floor_of(tier: str | None, until: date | None) -> Floor | None:
    """A floor as it is kept."""
    return Floor(tier=tier, until=until) if tier and until else None


def worth(rules: TierRules, floor: Floor | None, day: date) -> tuple[int, date]:
    """How high a floor is on that day, and until when."""
    level = rules.tiers.level_of(floor.tier) if floor and floor.until >= day else 0
    return (level, floor.until) if floor and level else (0, date.min)
