"""The balances of many wallets, of whatever tenants, in one round trip. Source: docs/rules/balance.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from chassis.data.database import narrow
from chassis.data.pipelines import columns_for, pipeline
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.lot import Lot
from services.loyalty.domain.wallet import wallet_view
from services.loyalty.queries.balance import Balance
from services.loyalty.tables.gift_cards import CARDS

# Holds whose time is over set nothing aside; where nothing is held, none are looked for.
WALLETS = """
    SELECT wanted.place, c.status, w.version, w.settled_until, w.lapses_at, CASE WHEN w.held > 0 THEN (
        SELECT coalesce(sum(h.amount - h.captured), 0)::bigint FROM holds h
        WHERE h.tenant_id = w.tenant_id AND h.customer_id = w.customer_id AND h.unit = w.unit
            AND h.status = 'held' AND h.expires_at > %b::timestamptz
    ) ELSE 0 END
    FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[]) AS wanted (place, tenant_id, customer_id, unit)
    JOIN customers c ON c.tenant_id = wanted.tenant_id AND c.customer_id = wanted.customer_id
    LEFT JOIN wallets w
        ON w.tenant_id = wanted.tenant_id AND w.customer_id = wanted.customer_id AND w.unit = wanted.unit
"""
LOTS = """
    SELECT wanted.place, l.sliding, l.id, l.remaining, l.spendable_at, l.expires_at, l.earned_at
    FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[]) AS wanted (place, tenant_id, customer_id, unit)
    JOIN lots l ON l.tenant_id = wanted.tenant_id AND l.customer_id = wanted.customer_id AND l.unit = wanted.unit
    WHERE l.remaining <> 0
"""


class BalanceAsked(NamedTuple):
    """Whose wallet, in which unit. `known` are the tags that the reader has, as `If-None-Match` says them."""

    tenant_id: TenantId
    customer_id: CustomerId
    unit: str
    known: str = ""


class BalanceRead(NamedTuple):
    """A balance at a moment, and its tag; no balance where the reader has the one with this tag."""

    etag: str
    balance: Balance | None
    at: datetime


@dataclass(slots=True)
class WalletSeen:
    """A wallet's row, and what is set aside at the moment. It has no version where nothing ever moved in it."""

    version: int | None
    settled_until: datetime | None
    lapses_at: datetime | None
    held: int
    lots: list[Lot] = field(default_factory=list)

    def etag(self, at: datetime) -> str | None:
        """The tag of a settled wallet: it changes with every movement, with every hold that ends, and with time.

        None where the row no longer says what the wallet holds: units have died or become spendable since.
        """
        if self.version is None:
            return '"empty"'
        if self.settled_until is None:
            return f'"{self.version}.{self.held}.0"'
        return f'"{self.version}.{self.held}.{self.settled_until.timestamp():.0f}"' if self.settled_until > at else None

    def is_known(self, tags: str, at: datetime) -> bool:
        """Whether the tag is among these, and no lot needs to be looked at."""
        etag = self.etag(at)
        return etag is not None and etag in tags

    def read(self, asked: BalanceAsked, at: datetime) -> BalanceRead:
        """The wallet by the clock."""
        etag = self.etag(at)
        if etag and etag in asked.known:
            return BalanceRead(etag, None, at)
        view = wallet_view(self.lots, held=self.held, at=at)
        balance = Balance(
            unit=asked.unit,
            balance=view.balance,
            pending=view.pending,
            held=self.held,
            available=view.available,
            next_expiry=view.next_expiry,
            version=self.version or 0,
        )
        return BalanceRead(etag or etag_by_clock(balance), balance, at)


def etag_by_clock(balance: Balance) -> str:
    """The tag of a wallet that time has changed since it was written: made of what it holds now."""
    expiry = balance.next_expiry
    dying = f"{expiry.at.timestamp():.0f}.{expiry.amount}" if expiry else "0"
    return f'"{balance.version}.{balance.held}.{balance.balance}.{balance.pending}.{dying}"'


def read_balances(db: Session, asked: Sequence[BalanceAsked], *, at: datetime) -> list[BalanceRead | None]:
    """What is asked, in its order; None for a customer of whom loyalty has not heard.

    The transaction need not see anything yet: it is narrowed to the tenants that are asked about. Who names no tag
    needs lots in any case, and they come in the same round trip. Where the tag that is named is right, none are
    looked at.
    """
    wanted = [(place, *one[:3]) for place, one in enumerate(asked)]
    with pipeline(db) as asking:
        narrow(asking, {one.tenant_id for one in asked})
        rows = asking.send(WALLETS, [at, *columns_for(LOTS, wanted)])
        lots = asking.send_rows(LOTS, [one for one in wanted if not asked[one[0]].known])
    wallets = {place: WalletSeen(*wallet) for place, status, *wallet in rows.fetchall() if status not in CARDS}
    keep_lots(wallets, lots.fetchall() if lots else ())
    tagged = [(place, wallet) for place, wallet in wallets.items() if asked[place].known]
    if changed := [wanted[place] for place, wallet in tagged if not wallet.is_known(asked[place].known, at)]:
        with pipeline(db) as asking:
            late = asking.send(LOTS, columns_for(LOTS, changed))
        keep_lots(wallets, late.fetchall())
    return [wallets[place].read(one, at) if place in wallets else None for place, one in enumerate(asked)]


def keep_lots(wallets: Mapping[int, WalletSeen], rows: Iterable[Sequence[Any]]) -> None:
    """Put open lots into their wallets; not those of a wallet that has come to be since it was looked for."""
    for place, sliding, lot_id, remaining, spendable_at, expires_at, earned_at in rows:
        wallet = wallets.get(place)
        if wallet is None or wallet.version is None:
            continue
        dies_at = wallet.lapses_at if sliding else expires_at
        wallet.lots.append(
            Lot(id=lot_id, remaining=remaining, spendable_at=spendable_at, expires_at=dies_at, earned_at=earned_at)
        )
