"""Who brings whom, and who is whom."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.referral import UNDOING, FriendPurchase, Referral, ReferralReason, ReferralStatus
from services.loyalty.domain.refusals.referrals import ReferralUnknown
from services.loyalty.tables.purchases import PurchaseRow
from services.loyalty.tables.referrals import (
    IN_FORCE,
    ReferralCodeRow,
    ReferralMilestoneRow,
    ReferralPurchaseRow,
    ReferralRow,
)

LAST_ID = "~"
# Everybody who turned out to be the same person: merges in force, followed in both directions.
PERSON = text("""
    WITH RECURSIVE person (id) AS (
        SELECT CAST(:customer_id AS text)
        UNION
        SELECT CASE WHEN m.from_customer_id = p.id THEN m.into_customer_id ELSE m.from_customer_id END
        FROM person p JOIN wallet_merges m ON m.tenant_id = :tenant_id AND m.undone_at IS NULL
            AND p.id IN (m.from_customer_id, m.into_customer_id)
    )
    SELECT id FROM person
""")
# All who brought the customer, and brought those; a person by all of their ids. UNION lets a ring end.
UPLINE = text("""
    WITH RECURSIVE up (id) AS (
        SELECT CAST(:customer_id AS text)
        UNION
        SELECT next.id FROM up, LATERAL (
            SELECT r.advocate_id FROM referrals r
            WHERE r.tenant_id = :tenant_id AND r.friend_id = up.id AND r.status <> 'refused' AND r.id <> :without
            UNION ALL
            SELECT CASE WHEN m.from_customer_id = up.id THEN m.into_customer_id ELSE m.from_customer_id END
            FROM wallet_merges m WHERE m.tenant_id = :tenant_id AND m.undone_at IS NULL
                AND up.id IN (m.from_customer_id, m.into_customer_id)
        ) AS next (id)
    )
    SELECT id FROM up
""")
HOUSEHOLD = text("""
    WITH shared (household, customer_id) AS (
        SELECT pool_id, customer_id FROM pool_members WHERE tenant_id = :tenant_id AND left_at IS NULL
            AND customer_id = ANY (:everybody)
        UNION ALL
        SELECT membership_id, customer_id FROM family_places WHERE tenant_id = :tenant_id AND left_at IS NULL
            AND customer_id = ANY (:everybody)
        UNION ALL
        SELECT id, customer_id FROM memberships WHERE tenant_id = :tenant_id AND customer_id = ANY (:everybody)
    )
    SELECT EXISTS (
        SELECT FROM shared a JOIN shared b ON a.household = b.household
        WHERE a.customer_id = ANY (:ones) AND b.customer_id = ANY (:others))
""")
# Whatever was given back since a moment was still there at that moment.
PURCHASE = """
    SELECT p.id, p.occurred_at, p.due AS now,
        p.due + coalesce(sum(r.refund), 0)::bigint AS sold,
        p.due + coalesce(sum(r.refund) FILTER (WHERE r.recorded_at >= :closes_at), 0)::bigint AS at_close
    FROM purchases p LEFT JOIN returns r ON r.tenant_id = p.tenant_id AND r.purchase_id = p.id
    WHERE p.tenant_id = :tenant_id AND {which}
    GROUP BY p.id, p.occurred_at, p.due ORDER BY p.occurred_at, p.id LIMIT 1
"""
THIS_PURCHASE = text(PURCHASE.format(which="p.id = :purchase_id"))
# A sale that was voided was none.
FIRST_PURCHASE = text(PURCHASE.format(which="p.customer_id = ANY (:friend) AND p.status <> 'voided'"))

# In time, the earliest first; any of before the friend came are among them.
UNSEEN = text("""
    SELECT p.id, p.occurred_at FROM purchases p
    WHERE p.tenant_id = :tenant_id AND p.customer_id = ANY (:friend) AND p.status <> 'voided'
      AND p.occurred_at < :before AND NOT EXISTS (
        SELECT FROM referral_purchases x WHERE x.tenant_id = p.tenant_id AND x.purchase_id = p.id)
    ORDER BY p.occurred_at, p.id LIMIT :limit
""")
# Those that have come a step further: their time is over, they come to enough or no longer do, or something bars them.
DUE = text("""
    SELECT x.purchase_id AS id, x.status, x.until, p.occurred_at, p.due AS now,
        p.due + coalesce(sum(r.refund), 0)::bigint AS sold,
        p.due + coalesce(sum(r.refund) FILTER (WHERE r.recorded_at >= x.until), 0)::bigint AS at_close
    FROM referral_purchases x
    JOIN purchases p ON p.tenant_id = x.tenant_id AND p.id = x.purchase_id
    LEFT JOIN returns r ON r.tenant_id = p.tenant_id AND r.purchase_id = p.id
    WHERE x.tenant_id = :tenant_id AND x.referral_id = :referral_id AND x.until IS NOT NULL
      AND (x.until <= :at OR (p.due < :purchase_min) <> (x.status = 'pending') OR x.status = ANY (:barred))
    GROUP BY x.purchase_id, x.status, x.until, p.occurred_at, p.due ORDER BY x.until, x.purchase_id
""")
BY_STATUS = text("""
    SELECT status, count(*) AS number, min(until) AS until, (array_agg(reason ORDER BY purchase_id DESC))[1] AS reason
    FROM referral_purchases WHERE tenant_id = :tenant_id AND referral_id = :referral_id GROUP BY status
""")

# Each as the one whom they were merged into: two friends who turn out to be one are one. The person is no friend.
BROUGHT = text("""
    WITH RECURSIVE friends (id) AS (
        SELECT friend_id FROM referrals
        WHERE tenant_id = :tenant_id AND advocate_id = ANY (:advocate) AND status = 'rewarded'
        UNION
        SELECT m.into_customer_id FROM friends JOIN wallet_merges m
            ON m.tenant_id = :tenant_id AND m.from_customer_id = friends.id AND m.undone_at IS NULL
    )
    SELECT count(*) FROM friends f WHERE f.id <> ALL (:advocate) AND NOT EXISTS (
        SELECT FROM wallet_merges m
        WHERE m.tenant_id = :tenant_id AND m.from_customer_id = f.id AND m.undone_at IS NULL)
""")


class UnseenPurchase(NamedTuple):
    """Something a friend bought that no referral has looked at."""

    id: str
    occurred_at: datetime


class DuePurchase(NamedTuple):
    """Where one of a referral's purchases stands, and what it comes to."""

    standing: Referral
    bought: FriendPurchase


class LookedAt(NamedTuple):
    """A purchase that a referral looks at, and what is left of it in the currency's minor units."""

    row: ReferralPurchaseRow
    currency: str
    due: int
    occurred_at: datetime


class Stand(NamedTuple):
    """How many of a referral's purchases have a status, when the next of them changes, and why the last has it."""

    number: int
    until: datetime | None
    reason: ReferralReason | None


def person_of(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> set[CustomerId]:
    """All ids of the person that the customer is."""
    return set(db.scalars(PERSON, {"tenant_id": tenant_id, "customer_id": customer_id}))


def is_ring(
    db: Session, tenant_id: TenantId, advocate_id: CustomerId, friend: Collection[CustomerId], *, without: str = ""
) -> bool:
    """Whether the friend brought the advocate, or brought somebody who did; not counting one referral."""
    named = {"tenant_id": tenant_id, "customer_id": advocate_id, "without": without}
    return not set(friend).isdisjoint(db.scalars(UPLINE, named))


def is_household(
    db: Session, tenant_id: TenantId, ones: Collection[CustomerId], others: Collection[CustomerId]
) -> bool:
    """Whether two people share a pool or a membership."""
    named = {"everybody": [*ones, *others], "ones": list(ones), "others": list(others)}
    return bool(db.scalar(HOUSEHOLD, {"tenant_id": tenant_id, **named}))


def first_purchase(
    db: Session, tenant_id: TenantId, friend: Collection[CustomerId], *, closes_at: datetime
) -> FriendPurchase | None:
    """What the person bought first."""
    named = {"tenant_id": tenant_id, "friend": list(friend), "closes_at": closes_at}
    row = db.execute(FIRST_PURCHASE, named).mappings().one_or_none()
    return FriendPurchase(**row) if row else None


def this_purchase(db: Session, tenant_id: TenantId, purchase_id: str, *, closes_at: datetime) -> FriendPurchase:
    """The one that was found to be the first, as it is now."""
    named = {"tenant_id": tenant_id, "purchase_id": purchase_id, "closes_at": closes_at}
    return FriendPurchase(**db.execute(THIS_PURCHASE, named).mappings().one())


def purchases_unseen(
    db: Session, tenant_id: TenantId, friend: Collection[CustomerId], *, before: datetime, limit: int
) -> list[UnseenPurchase]:
    """What the person bought before a moment and no referral has looked at, the earliest first."""
    named = {"tenant_id": tenant_id, "friend": list(friend), "before": before, "limit": limit}
    return [UnseenPurchase(*row) for row in db.execute(UNSEEN, named)]


def purchases_due(db: Session, row: ReferralRow, *, at: datetime, barred: ReferralReason | None) -> list[DuePurchase]:
    """Those of a referral's purchases that may go a step further, the first to close first."""
    stopped = ["pending", "held", *(["rewarded"] if barred in UNDOING else [])] if barred else []
    named = {"tenant_id": row.tenant_id, "referral_id": row.id, "at": at}
    found = db.execute(DUE, {**named, "purchase_min": row.purchase_min, "barred": stopped}).mappings()
    return [
        DuePurchase(
            Referral(status=each["status"], created_at=each["occurred_at"], until=each["until"]),
            FriendPurchase(**{name: each[name] for name in ("id", "occurred_at", "sold", "at_close", "now")}),
        )
        for each in found
    ]


def purchases_by_status(db: Session, row: ReferralRow) -> dict[ReferralStatus, Stand]:
    """Where a referral's purchases stand."""
    found = db.execute(BY_STATUS, {"tenant_id": row.tenant_id, "referral_id": row.id}).mappings()
    return {each["status"]: Stand(each["number"], each["until"], each["reason"]) for each in found}


def purchases_of(
    db: Session, tenant_id: TenantId, referral_id: str, *, before: str | None, limit: int
) -> list[LookedAt]:
    """A referral's purchases and what each comes to; the newest first."""
    found = db.execute(
        select(ReferralPurchaseRow, PurchaseRow.currency, PurchaseRow.due, PurchaseRow.occurred_at)
        .join(
            PurchaseRow,
            and_(
                PurchaseRow.tenant_id == ReferralPurchaseRow.tenant_id,
                PurchaseRow.id == ReferralPurchaseRow.purchase_id,
            ),
        )
        .where(
            ReferralPurchaseRow.tenant_id == tenant_id,
            ReferralPurchaseRow.referral_id == referral_id,
            ReferralPurchaseRow.purchase_id < (before or LAST_ID),
        )
        .order_by(ReferralPurchaseRow.purchase_id.desc())
        .limit(limit)
    )
    return [LookedAt(*row) for row in found]


def code_by_text(db: Session, tenant_id: TenantId, code: str) -> ReferralCodeRow | None:
    """The code in its plain form, if it is somebody's."""
    return db.scalars(
        select(ReferralCodeRow).where(ReferralCodeRow.tenant_id == tenant_id, ReferralCodeRow.code == code)
    ).one_or_none()


def was_brought(db: Session, tenant_id: TenantId, friend: Collection[CustomerId]) -> bool:
    """Whether somebody brings the person, or brought them."""
    found = select(ReferralRow.id).where(
        ReferralRow.tenant_id == tenant_id, ReferralRow.friend_id.in_(friend), ReferralRow.status.in_(IN_FORCE)
    )
    return db.scalars(found).first() is not None


def brought_since(db: Session, tenant_id: TenantId, advocate: Collection[CustomerId], since: datetime | None) -> int:
    """How many referrals in force the person has made, since a moment or ever."""
    counted = (
        select(func.count())
        .select_from(ReferralRow)
        .where(
            ReferralRow.tenant_id == tenant_id,
            ReferralRow.advocate_id.in_(advocate),
            ReferralRow.status.in_(IN_FORCE),
        )
    )
    if since is not None:
        counted = counted.where(ReferralRow.created_at >= since)
    return db.execute(counted).scalar_one()


def friends_brought(db: Session, tenant_id: TenantId, advocate: Collection[CustomerId]) -> int:
    """How many the person has brought whose referral was rewarded, and not revoked."""
    return int(db.execute(BROUGHT, {"tenant_id": tenant_id, "advocate": list(advocate)}).scalar_one())


def milestones_given(
    db: Session, tenant_id: TenantId, advocate: Collection[CustomerId]
) -> Sequence[ReferralMilestoneRow]:
    """What the person was given for having brought so many, and was not taken back; the highest number first."""
    return db.scalars(
        select(ReferralMilestoneRow)
        .where(
            ReferralMilestoneRow.tenant_id == tenant_id,
            ReferralMilestoneRow.advocate_id.in_(advocate),
            ReferralMilestoneRow.taken_back_at.is_(None),
        )
        .order_by(ReferralMilestoneRow.friends.desc())
    ).all()


def find_referral(db: Session, tenant_id: TenantId, referral_id: str) -> ReferralRow:
    """A referral by its id. Raises ReferralUnknown."""
    row = db.get(ReferralRow, (tenant_id, referral_id))
    if row is None:
        raise ReferralUnknown
    return row


def referrals_of(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, before: str | None, limit: int
) -> Sequence[ReferralRow]:
    """Those whom the customer brought, and by whom they were brought; the newest first."""
    return db.scalars(
        select(ReferralRow)
        .where(
            ReferralRow.tenant_id == tenant_id,
            or_(ReferralRow.advocate_id == customer_id, ReferralRow.friend_id == customer_id),
            ReferralRow.id < (before or LAST_ID),
        )
        .order_by(ReferralRow.id.desc())
        .limit(limit)
    ).all()
