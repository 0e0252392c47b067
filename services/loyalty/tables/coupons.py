"""Coupon campaigns, their codes, and who used them: read and counted in the round trips of a sale."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.pipelines import Answer, Pipeline, columns_for, pipeline
from chassis.data.tables import TenantKey
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.coupon import Bar, CouponFacts, readings
from services.loyalty.domain.effects import UseCoupon
from services.loyalty.tables.base import Base
from services.loyalty.tables.moves import person


class CouponCampaignRow(Base):
    """A campaign. `uses` is only counted where `uses_in_total` limits it: its row is locked by each use then."""

    __tablename__ = "coupon_campaigns"

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]  # JSON, by language
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    uses_per_code: Mapped[int | None]
    uses_per_customer: Mapped[int | None]
    uses_in_total: Mapped[int | None]
    code_case: Mapped[str]  # ignored, exact
    on_return: Mapped[str]  # given_back, kept_used
    status: Mapped[str]  # active, stopped
    uses: Mapped[int]
    version: Mapped[int]
    created_at: Mapped[datetime]


class CouponCodeRow(Base):
    """A code of a campaign. `uses` is only counted where `uses_per_code` limits it."""

    __tablename__ = "coupon_codes"
    __table_args__ = (
        Index("ix_coupon_codes_of", "tenant_id", "campaign_id", "code"),
        {"postgresql_with": {"fillfactor": "90"}},
    )

    tenant_id: Mapped[TenantKey]
    code: Mapped[str] = mapped_column(primary_key=True)  # in its plain form
    written: Mapped[str]
    campaign_id: Mapped[str]
    batch_id: Mapped[str | None]  # the batch it was made in
    uses: Mapped[int]


class CouponBatchRow(Base):
    """So many codes that are made for a campaign, some at a time: `made` is how many there are by now."""

    __tablename__ = "coupon_batches"
    __table_args__ = (
        Index("ix_coupon_batches_unfinished", "tenant_id", "id", postgresql_where=text("finished_at IS NULL")),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str]
    prefix: Mapped[str]
    length: Mapped[int]
    number: Mapped[int]
    made: Mapped[int]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class CouponUseRow(Base):
    """A coupon that a purchase used. `kept` when the sale came back and the use was kept."""

    __tablename__ = "coupon_uses"
    __table_args__ = (
        Index("ix_coupon_uses_by", "tenant_id", "campaign_id", "customer_id"),
        Index("ix_coupon_uses_of", "tenant_id", "code"),
    )

    tenant_id: Mapped[TenantKey]
    purchase_id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str]
    customer_id: Mapped[CustomerId | None]
    used_at: Mapped[datetime]
    kept: Mapped[bool] = mapped_column(server_default=text("false"))


class CouponReservationRow(Base):
    """A use of a coupon that a checkout has set aside until then. It goes with its reservation."""

    __tablename__ = "coupon_reservations"
    __table_args__ = (
        Index("ix_coupon_reservations_of", "tenant_id", "code", "reserved_until"),
        Index("ix_coupon_reservations_in", "tenant_id", "campaign_id", "reserved_until"),
    )

    tenant_id: Mapped[TenantKey]
    reservation_id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str]
    customer_id: Mapped[CustomerId]
    reserved_until: Mapped[datetime]


SHOWN = "unnest(%b::text[], %b::text[], %b::text[], %b::text[]) AS shown (tenant_id, code_case, code, customer_id)"
FOUND = f"""
    {SHOWN} JOIN coupon_codes c ON c.tenant_id = shown.tenant_id AND c.code = shown.code
    JOIN coupon_campaigns k ON k.tenant_id = c.tenant_id AND k.id = c.campaign_id AND k.code_case = shown.code_case
"""
# Only what is counted is locked: a code that all may use as often as they like makes nobody wait. Campaigns first,
# then codes, each in their order, as everywhere: so nobody waits in a circle.
# Each looks for the codes once: a plan that was made while they were few must do for as many as are made meanwhile.
LOCK_CAMPAIGNS = f"""
    SELECT FROM {FOUND} WHERE k.uses_in_total IS NOT NULL ORDER BY k.tenant_id, k.id FOR NO KEY UPDATE OF k
"""
LOCK_CODES = f"""
    SELECT FROM {FOUND} WHERE k.uses_per_code IS NOT NULL ORDER BY c.tenant_id, c.code FOR NO KEY UPDATE OF c
"""
READ = f"""
    SELECT DISTINCT c.tenant_id, c.code, c.written, c.uses, k.id, k.status, k.starts_on, k.ends_on,
           k.uses_per_code, k.uses_per_customer, k.uses_in_total, k.uses,
           CASE WHEN k.uses_per_code IS NOT NULL THEN (
               SELECT count(*) FROM coupon_reservations r
               WHERE r.tenant_id = c.tenant_id AND r.code = c.code AND r.reserved_until > now.at) ELSE 0 END,
           CASE WHEN k.uses_in_total IS NOT NULL THEN (
               SELECT count(*) FROM coupon_reservations r
               WHERE r.tenant_id = k.tenant_id AND r.campaign_id = k.id AND r.reserved_until > now.at) ELSE 0 END
    FROM (SELECT %b::timestamptz AS at) AS now, {FOUND}
"""  # noqa: S608 - no value is part of it
# Customers who turned out to be one are one: all that they used counts.
READ_CUSTOMERS = f"""
    SELECT limited.tenant_id, limited.id, limited.customer_id,
           (SELECT count(*) FROM coupon_uses u
            WHERE u.tenant_id = limited.tenant_id AND u.campaign_id = limited.id
              AND u.customer_id = ANY (limited.person)),
           (SELECT count(*) FROM coupon_reservations r
            WHERE r.tenant_id = limited.tenant_id AND r.campaign_id = limited.id
              AND r.customer_id = ANY (limited.person) AND r.reserved_until > now.at)
    FROM (SELECT %b::timestamptz AS at) AS now, (
        SELECT DISTINCT k.tenant_id, k.id, shown.customer_id, {person("k.tenant_id", "shown.customer_id")} AS person
        FROM {FOUND}
        WHERE k.uses_per_customer IS NOT NULL AND shown.customer_id IS NOT NULL) AS limited
"""  # noqa: S608 - no value is part of it
READ_OWN = """
    SELECT r.tenant_id, r.reservation_id, r.customer_id, r.campaign_id, r.code
    FROM unnest(%b::text[], %b::text[], %b::timestamptz[]) AS own (tenant_id, id, at)
    JOIN coupon_reservations r ON r.tenant_id = own.tenant_id AND r.reservation_id = own.id
    WHERE r.reserved_until > own.at
"""
# A use is counted where its campaign limits it; the rows are locked since they were read.
USE = """
    WITH used AS (
        INSERT INTO coupon_uses (tenant_id, purchase_id, code, campaign_id, customer_id, used_at)
        SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[])
        RETURNING tenant_id, code, campaign_id
    ), counted AS (
        UPDATE coupon_codes c SET uses = c.uses + u.times
        FROM (SELECT tenant_id, code, campaign_id, count(*) AS times FROM used GROUP BY 1, 2, 3) u
        JOIN coupon_campaigns k ON k.tenant_id = u.tenant_id AND k.id = u.campaign_id AND k.uses_per_code IS NOT NULL
        WHERE c.tenant_id = u.tenant_id AND c.code = u.code
    )
    UPDATE coupon_campaigns k SET uses = k.uses + u.times
    FROM (SELECT tenant_id, campaign_id, count(*) AS times FROM used GROUP BY 1, 2) u
    WHERE k.tenant_id = u.tenant_id AND k.id = u.campaign_id AND k.uses_in_total IS NOT NULL
"""
FREE = text("""
    WITH freed AS (
        DELETE FROM coupon_uses u USING coupon_campaigns k
        WHERE u.tenant_id = :tenant_id AND u.purchase_id = :purchase_id AND u.code = ANY (:codes)
          AND k.tenant_id = u.tenant_id AND k.id = u.campaign_id AND k.on_return = 'given_back'
        RETURNING u.code, u.campaign_id
    ), counted AS (
        UPDATE coupon_codes c SET uses = c.uses - 1 FROM freed JOIN coupon_campaigns k
            ON k.tenant_id = :tenant_id AND k.id = freed.campaign_id AND k.uses_per_code IS NOT NULL
        WHERE c.tenant_id = :tenant_id AND c.code = freed.code
    )
    UPDATE coupon_campaigns k SET uses = k.uses - f.times
    FROM (SELECT campaign_id, count(*) AS times FROM freed GROUP BY 1) f
    WHERE k.tenant_id = :tenant_id AND k.id = f.campaign_id AND k.uses_in_total IS NOT NULL
""")
KEEP = text("""
    UPDATE coupon_uses SET kept = :kept
    WHERE tenant_id = :tenant_id AND purchase_id = :purchase_id AND code = ANY (:codes) RETURNING code
""")
FREE_RESERVED = text("""
    DELETE FROM coupon_reservations WHERE tenant_id = :tenant_id AND reservation_id = :reservation_id
""")
FORGET_RESERVED = text("""
    DELETE FROM coupon_reservations
    WHERE tenant_id = :tenant_id AND campaign_id = ANY (:campaign_ids) AND reserved_until <= :at
""")
OWN = text("SELECT code FROM coupon_uses WHERE tenant_id = :tenant_id AND purchase_id = :purchase_id")


class Shown(NamedTuple):
    """What a shown code may mean, who shows it, and the reservation that the checkout has."""

    tenant_id: TenantId
    code_case: str
    code: str
    customer_id: CustomerId | None
    reservation_id: str | None = None


class Reserved(NamedTuple):
    """A use that a checkout has set aside."""

    customer_id: CustomerId
    campaign_id: str
    code: str


@dataclass(slots=True)
class PresentedCoupon:
    """A code that a basket shows, with what is left of it."""

    tenant_id: TenantId
    code: str
    written: str
    uses: int
    campaign_id: str
    status: str
    starts_on: date | None
    ends_on: date | None
    uses_per_code: int | None
    uses_per_customer: int | None
    uses_in_total: int | None


@dataclass(slots=True)
class Count:
    """How often something was used, and how many uses checkouts have set aside."""

    uses: int = 0
    reserved: int = 0


class Coupons:
    """The coupons that baskets show, and how often they were used: kept up to date while a batch is decided."""

    def __init__(self, at: datetime, *, lock: bool = True) -> None:
        self._at = at
        self._lock = lock
        self._known: set[Shown] = set()
        self._presented: dict[tuple[TenantId, str], PresentedCoupon] = {}
        # By code, by campaign, and by campaign and customer.
        self._counts: dict[tuple[str | None, ...], Count] = {}
        self._own: dict[tuple[TenantId, str], list[Reserved]] = {}
        self._asked: list[tuple[Answer, Answer, Answer | None]] = []

    def ask(self, asking: Pipeline, wanted: Iterable[Shown]) -> None:
        """Ask for those that are not known yet; nothing is sent when there are none."""
        new = sorted(set(wanted) - self._known, key=lambda shown: (*shown[:3], shown[3] or "", shown[4] or ""))
        if not new:
            return
        self._known.update(new)
        columns = columns_for(LOCK_CODES, [shown[:-1] for shown in new])
        own = {(shown.tenant_id, shown.reservation_id) for shown in new if shown.reservation_id} - self._own.keys()
        if self._lock:
            asking.send(LOCK_CAMPAIGNS, columns)
            asking.send(LOCK_CODES, columns)
        presented = asking.send(READ, [self._at, *columns])
        customers = asking.send(READ_CUSTOMERS, [self._at, *columns])
        held = columns_for(READ_OWN, [(*reservation, self._at) for reservation in sorted(own)])
        reserved = asking.send(READ_OWN, held) if own else None
        self._own.update({reservation: [] for reservation in own})
        self._asked.append((presented, customers, reserved))

    def keep(self) -> None:
        """Keep what was answered."""
        for presented, customers, reserved in self._asked:
            for *coupon, in_total, of_code, of_campaign in presented.fetchall():
                found = PresentedCoupon(*coupon)
                tenant_id = found.tenant_id
                self._presented.setdefault((tenant_id, found.code), found)
                self._counts.setdefault(("code", tenant_id, found.code), Count(found.uses, of_code))
                self._counts.setdefault(("campaign", tenant_id, found.campaign_id), Count(in_total, of_campaign))
            for *who, uses, of_customer in customers.fetchall():
                self._counts.setdefault(("customer", *who), Count(uses, of_customer))
            for tenant_id, reservation_id, *use in reserved.fetchall() if reserved else ():
                self._own[tenant_id, reservation_id].append(Reserved(*use))
        self._asked.clear()

    def load(self, db: Session, wanted: Sequence[Shown]) -> None:
        """Read in a round trip of its own what was not foreseen."""
        if not self._known.issuperset(wanted):
            with pipeline(db) as asking:
                self.ask(asking, wanted)
            self.keep()

    def facts(self, wanted: Iterable[Shown]) -> tuple[CouponFacts, ...]:
        """What the rules are told of the coupons that are shown, in the order of their codes."""
        found = {
            shown.code: self._facts(presented, shown)
            for shown in wanted
            if (presented := self._presented.get((shown.tenant_id, shown.code)))
        }
        return tuple(found[code] for code in sorted(found))

    def _facts(self, coupon: PresentedCoupon, shown: Shown) -> CouponFacts:
        return CouponFacts(
            code=coupon.code,
            written=coupon.written,
            campaign=coupon.campaign_id,
            starts_on=coupon.starts_on,
            ends_on=coupon.ends_on,
            per_customer=coupon.uses_per_customer is not None,
            barred=self._bar(coupon, shown),
        )

    def _bar(self, coupon: PresentedCoupon, shown: Shown) -> Bar | None:
        if coupon.status == "stopped":
            return "stopped"
        limits: tuple[tuple[int | None, Bar], ...] = (
            (coupon.uses_per_code, "used_up"),
            (coupon.uses_in_total, "used_up"),
            (coupon.uses_per_customer, "used_by_customer"),
        )
        counts = [self._counts.get(key, NOTHING) for key in keys_of(coupon, shown.customer_id)]
        for (limit, bar), count in zip(limits, counts, strict=True):
            if limit is not None and count.uses >= limit:
                return bar
        own = [sum(kept) for kept in zip(*self._own_keys(coupon, shown), strict=True)] or [0, 0, 0]
        for (limit, _bar), count, kept in zip(limits, counts, own, strict=True):
            if limit is not None and count.uses + count.reserved - kept >= limit:
                return "reserved"
        return None

    def _own_keys(self, coupon: PresentedCoupon, shown: Shown) -> Iterator[tuple[bool, bool, bool]]:
        """What each use that the checkout itself has set aside is counted in, of the coupon's three counts."""
        for use in self._own.get((shown.tenant_id, shown.reservation_id or ""), ()):
            if use.customer_id == shown.customer_id:
                of_campaign = use.campaign_id == coupon.campaign_id
                yield use.code == coupon.code, of_campaign, of_campaign

    def use(self, tenant_id: TenantId, customer_id: CustomerId | None, effect: UseCoupon) -> None:
        """Count for the sales that follow in the batch."""
        for key in keys_of(self._presented[tenant_id, effect.code], customer_id):
            self._counts.setdefault(key, Count()).uses += 1

    def close(self, tenant_id: TenantId, customer_id: CustomerId, reservation_id: str) -> None:
        """The reservation is over for the sales that follow in the batch."""
        uses = self._own.get((tenant_id, reservation_id), [])
        for use in [use for use in uses if use.customer_id == customer_id]:
            uses.remove(use)
            counted = (
                ("code", tenant_id, use.code),
                ("campaign", tenant_id, use.campaign_id),
                ("customer", tenant_id, use.campaign_id, use.customer_id),
            )
            for key in counted:
                if count := self._counts.get(key):
                    count.reserved -= 1


NOTHING = Count()


def keys_of(coupon: PresentedCoupon, customer_id: CustomerId | None) -> tuple[tuple[str | None, ...], ...]:
    """Under what a use of a coupon is counted: its code, its campaign, and its campaign for the customer."""
    tenant_id, campaign_id = coupon.tenant_id, coupon.campaign_id
    return (
        ("code", tenant_id, coupon.code),
        ("campaign", tenant_id, campaign_id),
        ("customer", tenant_id, campaign_id, customer_id),
    )


def shown_in(tenant_id: TenantId, basket: Basket, codes: Iterable[str] | None = None) -> list[Shown]:
    """All that the codes of a basket, or others in the hands of its customer, may mean."""
    customer_id = CustomerId(basket.customer_id) if basket.customer_id else None
    return [
        Shown(tenant_id, *reading, customer_id, basket.reservation_id)
        for reading in readings(basket.codes if codes is None else codes)
    ]


def free_coupons(db: Session, tenant_id: TenantId, purchase_id: str, codes: Sequence[str]) -> None:
    """Give the uses of a purchase back, or keep them: as each campaign says."""
    named = {"tenant_id": tenant_id, "purchase_id": purchase_id, "codes": list(codes)}
    db.execute(FREE, named)
    db.execute(KEEP, {**named, "kept": True})


def reuse_coupons(db: Session, tenant_id: TenantId, purchase_id: str, codes: Sequence[str]) -> set[str]:
    """Those of the codes whose uses had been kept for the purchase: they are its uses again."""
    named = {"tenant_id": tenant_id, "purchase_id": purchase_id, "codes": list(codes)}
    return set(db.scalars(KEEP, {**named, "kept": False}))


def own_coupons(db: Session, tenant_id: TenantId, purchase_id: str) -> set[str]:
    """The codes that a purchase used, kept ones too."""
    return set(db.scalars(OWN, {"tenant_id": tenant_id, "purchase_id": purchase_id}))


def free_reserved(db: Session, tenant_id: TenantId, reservation_id: str) -> None:
    """Free the uses that a reservation has set aside."""
    db.execute(FREE_RESERVED, {"tenant_id": tenant_id, "reservation_id": reservation_id})


def forget_reserved(db: Session, tenant_id: TenantId, campaign_ids: Sequence[str], at: datetime) -> None:
    """Forget the reservations of campaigns whose time is over: they count no more."""
    db.execute(FORGET_RESERVED, {"tenant_id": tenant_id, "campaign_ids": list(campaign_ids), "at": at})
