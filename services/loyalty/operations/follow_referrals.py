"""Following what became of those who were brought: held, rewarded, taken back. Source: docs/rules/referral.md."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.referral import FriendPurchase, Referral, ReferralReason, next_step
from services.loyalty.operations.revoke_side import revoke_side
from services.loyalty.operations.reward_purchases import reward_purchases
from services.loyalty.operations.reward_side import reward_side
from services.loyalty.operations.settle_milestones import settle_milestones
from services.loyalty.queries.customers import all_locked
from services.loyalty.queries.program_shelf import SHELF, ShelvedProgram
from services.loyalty.queries.referrals import first_purchase, is_household, is_ring, person_of, this_purchase
from services.loyalty.tables.books import Books
from services.loyalty.tables.referrals import ReferralRow
from services.loyalty.tables.standings import Standing

BATCH_MAX = 50

# Those that may have come a step further: their time is over, the friend has bought or brought something back, or
# somebody was blocked or merged. Where every purchase counts, the version of the friend's purchases says that one is
# new or has changed: nothing is looked through before. What another profile bought while it was the friend's has a
# version of its own.
CONCERNED = text("""
    WITH merged (id, in_force) AS (
        SELECT from_customer_id, undone_at IS NULL FROM wallet_merges WHERE tenant_id = :tenant_id
        UNION ALL
        SELECT into_customer_id, undone_at IS NULL FROM wallet_merges WHERE tenant_id = :tenant_id
    )
    SELECT r.id FROM referrals r
    JOIN customers a ON a.tenant_id = r.tenant_id AND a.customer_id = r.advocate_id
    JOIN customers f ON f.tenant_id = r.tenant_id AND f.customer_id = r.friend_id
    LEFT JOIN purchases p ON p.tenant_id = r.tenant_id AND p.id = r.purchase_id
    WHERE r.tenant_id = :tenant_id AND r.id > :after AND r.until IS NOT NULL
      AND (
          r.until <= :at
          OR (r.status = 'pending' AND r.purchases_seen IS NULL AND r.purchase_min > 0 AND f.purchases > 0)
          OR p.due < r.purchase_min
          OR r.purchases_seen <> f.purchases_version
          OR ((r.status <> 'rewarded' OR (r.purchases_seen IS NOT NULL AND r.reason IS NULL))
              AND 'blocked' IN (a.status, f.status))
          OR r.advocate_id IN (SELECT id FROM merged WHERE in_force)
          OR r.friend_id IN (SELECT id FROM merged WHERE in_force)
          OR (r.purchases_seen IS NOT NULL AND r.friend_id IN (SELECT id FROM merged)))
    ORDER BY r.id LIMIT :limit
""")


class Sides(NamedTuple):
    """Both, under lock."""

    advocate: Standing
    friend: Standing


def follow_referrals(db: Session, tenant_id: TenantId, *, after: str, at: datetime) -> tuple[int, str | None]:
    """Take some referrals a step further, those whose ids come `after` one.

    Returns how many it did, and after which to go on; None when there are no more.
    """
    named = {"tenant_id": tenant_id, "after": after, "at": at, "limit": BATCH_MAX}
    ids = db.scalars(CONCERNED, named).all()
    if not ids:
        return 0, None
    wanted = select(ReferralRow).where(ReferralRow.tenant_id == tenant_id, ReferralRow.id.in_(ids))
    concerned = db.scalars(wanted).all()
    # What an advocate's other profiles were given for so many friends may have to be taken back.
    advocates = {each: person_of(db, tenant_id, each) for each in {row.advocate_id for row in concerned}}
    everybody = {row.friend_id for row in concerned}.union(*advocates.values())
    standings = all_locked(db, tenant_id, everybody)
    books, done = Books(at), 0
    # Somebody may have gone that step while we waited for the locks.
    for row in db.scalars(wanted.order_by(ReferralRow.id).execution_options(populate_existing=True)):
        done += follow(db, books, row, standings, advocates[row.advocate_id])
    db.flush()
    books.close(db)
    return done, ids[-1] if len(ids) == BATCH_MAX else None


def follow(
    db: Session,
    books: Books,
    row: ReferralRow,
    standings: Mapping[CustomerId, Standing],
    advocate: Collection[CustomerId],
) -> bool:
    """Take one as far as it has come; whether it came any further. The `advocate` is known by all these ids."""
    sides = Sides(standings[row.advocate_id], standings[row.friend_id])
    program = program_of_referral(db, row)
    terms = program.document.referral
    assert terms is not None, "it was made under its terms"
    if terms.when == "every_purchase":
        return follow_purchases(db, books, row, program, standings, advocate)
    moved = False
    while row.until is not None:
        friend = person_of(db, row.tenant_id, row.friend_id)
        bought = purchase_of(db, row, friend, row.until)
        standing = Referral(status=row.status, created_at=row.created_at, until=row.until)
        step = next_step(terms, program.document.zone, standing, bought, bar_of(db, row, sides, friend), books.at)
        if step is None:
            break
        moved, was = True, row.status
        match step.status:
            case "held":
                assert bought is not None, "what is held is held for a purchase"
                row.purchase_id = bought.id
                if terms.friend_when == "purchased":
                    reward_side(db, books, row, program, "friend", sides.friend, terms.friend, bought.occurred_at)
            case "rewarded" if was != "rewarded":
                if terms.friend_when == "window_closed":
                    reward_side(db, books, row, program, "friend", sides.friend, terms.friend, row.until)
                reward_side(db, books, row, program, "advocate", sides.advocate, terms.advocate, row.until)
            case "revoked":
                assert step.reason is not None, "nothing is revoked without a reason"
                revoke_side(db, books, row, program, "friend", sides.friend, step.reason)
                revoke_side(db, books, row, program, "advocate", sides.advocate, step.reason)
        row.status, row.reason, row.until, row.changed_at = step.status, step.reason, step.until, books.at
        if (was == "rewarded") != (row.status == "rewarded"):
            settle_milestones(db, books, row, program, standings, advocate)
    return moved


def follow_purchases(
    db: Session,
    books: Books,
    row: ReferralRow,
    program: ShelvedProgram,
    standings: Mapping[CustomerId, Standing],
    advocate: Collection[CustomerId],
) -> bool:
    """Take one of every purchase as far as it has come; whether it came any further."""
    if row.until is None:
        return False
    sides = Sides(standings[row.advocate_id], standings[row.friend_id])
    friends, was = person_of(db, row.tenant_id, row.friend_id), row.status
    barred = bar_of(db, row, sides, friends)
    moved = reward_purchases(db, books, row, program, *sides, friends=friends, barred=barred)
    if (was == "rewarded") != (row.status == "rewarded"):
        settle_milestones(db, books, row, program, standings, advocate)
    return moved


def purchase_of(db: Session, row: ReferralRow, friend: set[CustomerId], until: datetime) -> FriendPurchase | None:
    """What the friend bought first; it stays that one once the referral is held for it."""
    if row.purchase_id is None:
        return first_purchase(db, row.tenant_id, friend, closes_at=until)
    return this_purchase(db, row.tenant_id, row.purchase_id, closes_at=until)


def bar_of(db: Session, row: ReferralRow, sides: Sides, friend: set[CustomerId]) -> ReferralReason | None:
    """Why these two can have no referral, by what is known of them by now."""
    advocate = person_of(db, row.tenant_id, row.advocate_id)
    if not advocate.isdisjoint(friend):
        return "same_person"
    if is_ring(db, row.tenant_id, row.advocate_id, friend, without=row.id):
        return "ring"
    if "blocked" in (sides.advocate.status, sides.friend.status):
        return "blocked"
    if row.status == "pending" and is_household(db, row.tenant_id, advocate, friend):
        return "same_household"
    return None


def program_of_referral(db: Session, row: ReferralRow) -> ShelvedProgram:
    """The version under which the friend came."""
    program = SHELF.program(db, row.tenant_id, row.program_id, row.program_version)
    assert program is not None, "a published version stays"
    return program
