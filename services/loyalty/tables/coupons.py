"""Coupon campaigns, their codes, and who used them: read and counted in the round trips of a sale."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg import Cursor
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.row_sets import Pipeline, pipeline
from chassis.data.tables import TenantKey
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.coupon import Bar, CouponFacts, readings
from services.loyalty.domain.effects import UseCoupon
from services.loyalty.tables.base import Base


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


SHOWN = "unnest(%b::text[], %b::text[], %b::text[], %b::text[]) AS shown (tenant_id, code_case, code, customer_id)"
FOUND = f"""
    {SHOWN} JOIN coupon_codes c ON c.tenant_id = shown.tenant_id AND c.code = shown.code
    JOIN coupon_campaigns k ON k.tenant_id = c.tenant_id AND k.id = c.campaign_id AND k.code_case = shown.code_case
"""
# Only what is counted is locked: a code that all may use as often as they like makes nobody wait. Campaigns first,
# then codes, each in their order, as everywhere: so nobody waits in a circle.
LOCK_CAMPAIGNS = f"""
    SELECT FROM coupon_campaigns WHERE uses_in_total IS NOT NULL AND (tenant_id, id) IN (SELECT k.tenant_id, k.id FROM {FOUND})
    ORDER BY tenant_id, id FOR NO KEY UPDATE
"""  # noqa: S608, E501 - no value is part of it
LOCK_CODES = f"""
    SELECT FROM coupon_codes WHERE (tenant_id, code) IN (
        SELECT c.tenant_id, c.code FROM {FOUND} WHERE k.uses_per_code IS NOT NULL)
    ORDER BY tenant_id, code FOR NO KEY UPDATE
"""  # noqa: S608 - no value is part of it
READ = f"""
    SELECT DISTINCT c.tenant_id, c.code, c.written, c.uses, k.id, k.status, k.starts_on, k.ends_on,
           k.uses_per_code, k.uses_per_customer, k.uses_in_total, k.uses
    FROM {FOUND}
"""  # noqa: S608 - no value is part of it
READ_CUSTOMERS = f"""
    SELECT u.tenant_id, u.campaign_id, u.customer_id, count(*)
    FROM (SELECT DISTINCT k.tenant_id, k.id, shown.customer_id FROM {FOUND}
          WHERE k.uses_per_customer IS NOT NULL) AS limited
    JOIN coupon_uses u ON u.tenant_id = limited.tenant_id AND u.campaign_id = limited.id
        AND u.customer_id = limited.customer_id
    GROUP BY u.tenant_id, u.campaign_id, u.customer_id
"""  # noqa: S608 - no value is part of it
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
OWN = text("SELECT code FROM coupon_uses WHERE tenant_id = :tenant_id AND purchase_id = :purchase_id")


class Shown(NamedTuple):
    """What a shown code may mean, and who shows it."""

    tenant_id: TenantId
    code_case: str
    code: str
    customer_id: CustomerId | None


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


class Coupons:
    """The coupons that baskets show, and how often they were used: kept up to date while a batch is decided."""

    def __init__(self, *, lock: bool = True) -> None:
        self._lock = lock
        self._known: set[Shown] = set()
        self._presented: dict[tuple[TenantId, str], PresentedCoupon] = {}
        self._in_total: dict[tuple[TenantId, str], int] = {}
        self._by_customer: Counter[tuple[TenantId, str, CustomerId | None]] = Counter()
        self._asked: list[tuple[Cursor[Any], Cursor[Any]]] = []

    def ask(self, asking: Pipeline, wanted: Iterable[Shown]) -> None:
        """Ask for those that are not known yet; nothing is sent when there are none."""
        new = sorted(set(wanted) - self._known, key=lambda shown: (*shown[:3], shown.customer_id or ""))
        if not new:
            return
        self._known.update(new)
        columns = [list(column) for column in zip(*new, strict=True)]
        if self._lock:
            asking.send(LOCK_CAMPAIGNS, columns)
            asking.send(LOCK_CODES, columns)
        self._asked.append((asking.send(READ, columns), asking.send(READ_CUSTOMERS, columns)))

    def keep(self) -> None:
        """Keep what was answered."""
        for presented, customers in self._asked:
            for *coupon, in_total in presented.fetchall():
                found = PresentedCoupon(*coupon)
                self._presented.setdefault((found.tenant_id, found.code), found)
                self._in_total.setdefault((found.tenant_id, found.campaign_id), in_total)
            for *who, uses in customers.fetchall():
                self._by_customer[who[0], who[1], who[2]] = uses
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
            shown.code: self._facts(presented, shown.customer_id)
            for shown in wanted
            if (presented := self._presented.get((shown.tenant_id, shown.code)))
        }
        return tuple(found[code] for code in sorted(found))

    def _facts(self, coupon: PresentedCoupon, customer_id: CustomerId | None) -> CouponFacts:
        return CouponFacts(
            code=coupon.code,
            written=coupon.written,
            campaign=coupon.campaign_id,
            starts_on=coupon.starts_on,
            ends_on=coupon.ends_on,
            per_customer=coupon.uses_per_customer is not None,
            barred=self._bar(coupon, customer_id),
        )

    def _bar(self, coupon: PresentedCoupon, customer_id: CustomerId | None) -> Bar | None:
        campaign = coupon.tenant_id, coupon.campaign_id
        if coupon.status == "stopped":
            return "stopped"
        if coupon.uses_per_code is not None and coupon.uses >= coupon.uses_per_code:
            return "used_up"
        if coupon.uses_in_total is not None and self._in_total[campaign] >= coupon.uses_in_total:
            return "used_up"
        if (
            coupon.uses_per_customer is not None
            and self._by_customer[*campaign, customer_id] >= coupon.uses_per_customer
        ):
            return "used_by_customer"
        return None

    def use(self, tenant_id: TenantId, customer_id: CustomerId | None, effect: UseCoupon) -> None:
        """Count for the sales that follow in the batch."""
        self._presented[tenant_id, effect.code].uses += 1
        self._in_total[tenant_id, effect.campaign] += 1
        self._by_customer[tenant_id, effect.campaign, customer_id] += 1


def shown_in(tenant_id: TenantId, basket: Basket, codes: Iterable[str] | None = None) -> list[Shown]:
    """All that the codes of a basket, or others in the hands of its customer, may mean."""
    customer_id = CustomerId(basket.customer_id) if basket.customer_id else None
    return [Shown(tenant_id, *reading, customer_id) for reading in readings(basket.codes if codes is None else codes)]


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
