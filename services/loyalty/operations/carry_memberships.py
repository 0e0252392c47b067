"""Letting memberships go with their holder, when two turn out to be one. Source: docs/wallets.md."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from kernel.ids import CustomerId, new_id
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.membership import TimeEntry, replayed
from services.loyalty.domain.membership_term import Term
from services.loyalty.domain.one_membership import held_back, joined, left_of, rewritten
from services.loyalty.operations.apply_effects import record_time
from services.loyalty.operations.share_membership import family_changed, new_place
from services.loyalty.queries.memberships import family_of, plan_of
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.books import Books
from services.loyalty.tables.memberships import MembershipEntryRow, read_entry_rows, time_entry
from services.loyalty.tables.moves import WalletMergeRow
from services.loyalty.tables.standings import Membership, Standing


def carry_memberships(
    db: Session, merge: WalletMergeRow, source: Standing, into: Standing, *, at: datetime, trace: str | None
) -> int:
    """Let the one customer have the time that the other has on each plan, and the family; returns on how many plans.

    After a merge the second has all of it, one after the other; after it was undone each has again what they would
    have had without it, and the first one's has stood still meanwhile. Both must be locked.
    """
    books, carried = Books(at), list[tuple[str, str, str]]()
    for plan, theirs in sorted(source.memberships.items()):
        ours = into.memberships.get(plan)
        found = terms_of_both(db, merge, theirs, ours, at)
        if found is None:
            continue
        ours = ours or Membership(new_id("mbs"), theirs.ends_on)
        for standing, membership, terms in ((source, theirs, found[0]), (into, ours, found[1])):
            before = books.time_entries(db, standing, membership)
            added = rewritten(before, terms)
            why = {"reason": merge.reason, "actor": merge.actor}
            record_time(books, standing, plan, membership, before, added, merge.id, **why)
        carried.append((plan, theirs.id, ours.id))
    books.close(db)
    for plan, theirs_id, ours_id in carried:
        if merge.undone_at is None:
            move_family(db, merge, plan, theirs_id, ours_id, into.customer_id, at=at, trace=trace)
        else:
            move_family(db, merge, plan, ours_id, theirs_id, source.customer_id, at=at, trace=trace)
    return len(carried)


def terms_of_both(
    db: Session, merge: WalletMergeRow, theirs: Membership, ours: Membership | None, at: datetime
) -> tuple[list[Term], list[Term]] | None:
    """The time that each is to have from now on, the merged customer's first; None when there is nothing to carry."""
    zone = zone_of(db, merge.tenant_id)
    today = local_date(at, zone)
    their_rows = read_entry_rows(db, merge.tenant_id, theirs.id)
    our_rows = read_entry_rows(db, merge.tenant_id, ours.id) if ours else []
    if merge.undone_at is None:
        brought = list(map(time_entry, their_rows))
        if not replayed(brought):
            return None
        return [], joined(map(time_entry, our_rows), brought, today=today, source=merge.id)
    if all(row.reference != merge.id for row in their_rows):
        return None
    # As if there had been no merge; but what came back of the first one's time since, is gone.
    sources = {source_of(row) for row in their_rows if row.kind != "frozen"}
    now = replayed(map(time_entry, our_rows))
    again = left_of(replayed(without(merge, their_rows)), now, sources, today)
    own = replayed(without(merge, [row for row in our_rows if source_of(row) not in sources]))
    return held_back(again, local_date(merge.recorded_at, zone), today), own


def source_of(row: MembershipEntryRow) -> str:
    """Whose time an entry is about: a purchase, or a change."""
    return row.source or row.reference


def without(merge: WalletMergeRow, rows: Iterable[MembershipEntryRow]) -> list[TimeEntry]:
    """The entries that the merge did not write."""
    return [time_entry(row) for row in rows if row.reference != merge.id]


def move_family(
    db: Session,
    merge: WalletMergeRow,
    plan_id: str,
    left: str,
    entered: str,
    holder: CustomerId,
    *,
    at: datetime,
    trace: str | None,
) -> None:
    """Let the family of the one membership share the other, who came first first; of an undone merge, whom it brought.

    Those for whom there is no room only leave, and so does who holds the other one.
    """
    plan = plan_of(db, merge.tenant_id, plan_id)
    room = plan.family_max - len(family_of(db, merge.tenant_id, entered))
    for place in family_of(db, merge.tenant_id, left, lock=True):
        if merge.undone_at is not None and place.merge_id != merge.id:
            continue
        place.left_at = at
        db.flush()
        places = [place]
        if room > 0 and place.customer_id != holder:
            room -= 1
            moved = new_place(
                merge.tenant_id, entered, plan_id, place.customer_id, actor=merge.actor, at=at, merge_id=merge.id
            )
            db.add(moved)
            db.flush()
            places.append(moved)
        for each in places:
            publish(db, family_changed(each, holder, plan), trace=trace)
