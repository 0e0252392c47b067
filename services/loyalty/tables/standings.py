"""Where customers stand, read under their lock in one round trip."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.data.pipelines import Pipeline, columns_for, pipeline
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.lot import Lot, LotId
from services.loyalty.tables.open_draws import Named, OpenDraw, OpenDrawsRequest
from services.loyalty.tables.open_instant_wins import OpenInstantWin, OpenInstantWinsRequest

Owner = tuple[TenantId, CustomerId]

READ = """
    SELECT c.tenant_id, c.customer_id, c.status, c.purchases, c.segments, c.purchases_version, c.birthday,
           c.joined_on
    FROM unnest(%b::text[], %b::text[]) AS wanted (tenant_id, customer_id)
    JOIN customers c ON c.tenant_id = wanted.tenant_id AND c.customer_id = wanted.customer_id
    ORDER BY c.tenant_id, c.customer_id
"""
# Whoever changes anything of a customer holds this row first, in this order: so nobody waits in a circle.
LOCK = READ + " FOR NO KEY UPDATE OF c"
WALLETS = """
    SELECT w.tenant_id, w.customer_id, w.unit, w.balance, w.pending, w.expired, w.held, w.debt, w.settled_until,
           w.lapses_at, w.earned, w.earned_since, w.version
    FROM unnest(%b::text[], %b::text[]) AS wanted (tenant_id, customer_id)
    JOIN wallets w ON w.tenant_id = wanted.tenant_id AND w.customer_id = wanted.customer_id
"""
CARDS = """
    SELECT s.tenant_id, s.customer_id, s.card, s.stamps, s.filled
    FROM unnest(%b::text[], %b::text[]) AS wanted (tenant_id, customer_id)
    JOIN stamp_cards s ON s.tenant_id = wanted.tenant_id AND s.customer_id = wanted.customer_id
"""
MEMBERSHIPS = """
    SELECT m.tenant_id, m.customer_id, m.plan, m.id, m.ends_on, m.frozen_from, m.frozen_until
    FROM unnest(%b::text[], %b::text[]) AS wanted (tenant_id, customer_id)
    JOIN memberships m ON m.tenant_id = wanted.tenant_id AND m.customer_id = wanted.customer_id
"""
# The time that others have, and let these customers share.
SHARED = """
    SELECT f.tenant_id, f.customer_id, f.plan, m.id, m.ends_on, m.frozen_from, m.frozen_until
    FROM unnest(%b::text[], %b::text[]) AS wanted (tenant_id, customer_id)
    JOIN family_places f ON f.tenant_id = wanted.tenant_id AND f.customer_id = wanted.customer_id AND f.left_at IS NULL
    JOIN memberships m ON m.tenant_id = f.tenant_id AND m.id = f.membership_id
"""
OPEN_LOTS = """
    SELECT l.tenant_id, l.customer_id, l.unit, l.id, l.remaining, l.spendable_at, l.expires_at, l.earned_at,
           l.reference, l.rule, l.amount, l.sliding, l.awaits
    FROM unnest(%b::text[], %b::text[], %b::text[]) AS wanted (tenant_id, customer_id, unit)
    JOIN lots l ON l.tenant_id = wanted.tenant_id AND l.customer_id = wanted.customer_id AND l.unit = wanted.unit
    WHERE l.remaining <> 0
"""


@dataclass(slots=True)
class OpenLot:
    """A lot with what is left of it, what made it, whether it slides with its wallet, and the event it awaits."""

    lot: Lot
    reference: str
    rule: str | None
    amount: int
    sliding: bool = False
    awaits: str | None = None


@dataclass(slots=True)
class Wallet:
    """A wallet under its customer's lock. `lots` is None until somebody needs them.

    `lapsed_at` is when the wallet's time was over, where that was found under this lock: what slid died then.
    """

    unit: str
    balance: int = 0
    pending: int = 0
    expired: int = 0
    held: int = 0
    debt: int = 0
    settled_until: datetime | None = None
    lapses_at: datetime | None = None
    earned: int = 0
    earned_since: date | None = None
    version: int = 0
    lots: dict[LotId, OpenLot] | None = None
    lapsed_at: datetime | None = None

    def needs_lots(self, at: datetime) -> bool:
        """Whether time has passed the wallet by, or there is debt to pay: then the totals do not say enough."""
        return self.debt > 0 or has_come(self.settled_until, at) or has_come(self.lapses_at, at)

    @property
    def open_lots(self) -> list[Lot]:
        """The lots that something is left of. They must be loaded."""
        assert self.lots is not None
        return [opened.lot for opened in self.lots.values()]

    def alive(self, at: datetime) -> int:
        """What has not died, less what is owed. A wallet that time has passed by must have its lots loaded."""
        if self.lots is None:
            return self.balance - self.expired
        return sum(opened.lot.remaining for opened in self.lots.values() if not opened.lot.is_expired(at))

    def earned_in(self, since: date) -> int:
        """What was earned in the period that began that day."""
        return self.earned if self.earned_since == since else 0


def has_come(moment: datetime | None, at: datetime) -> bool:
    """Whether there is such a moment, and it is over."""
    return moment is not None and moment <= at


@dataclass(slots=True)
class Card:
    """A stamp card under its customer's lock."""

    stamps: int = 0
    filled: int = 0


@dataclass(slots=True)
class Membership:
    """A membership under its customer's lock. `frozen_until` is the first day after its latest freeze, if known."""

    id: str
    ends_on: date
    frozen_from: date | None = None
    frozen_until: date | None = None


@dataclass(slots=True)
class Standing:
    """A customer under lock, and all that the rules may ask of them.

    `shared` are the memberships of others in whose family they are; None until somebody needs them.
    `draws` and `instant_wins` are those that were asked for, by the name that rules have for them; None for one that is
    not there. `merged_into` has what was theirs, where that was asked for, and is under lock too.
    """

    tenant_id: TenantId
    customer_id: CustomerId
    status: str
    purchases: int
    segments: Sequence[str] = ()
    purchases_version: int = 0
    birthday: str | None = None
    joined_on: date | None = None
    wallets: dict[str, Wallet] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    memberships: dict[str, Membership] = field(default_factory=dict)
    shared: dict[str, Membership] | None = None
    draws: dict[str, OpenDraw | None] = field(default_factory=dict)
    instant_wins: dict[str, OpenInstantWin | None] = field(default_factory=dict)
    merged_into: "Standing | None" = None

    @property
    def owner(self) -> Owner:
        """Whose it is."""
        return self.tenant_id, self.customer_id

    def wallet(self, unit: str) -> Wallet:
        """The wallet in that unit; a new one is empty, and so are its lots."""
        if unit not in self.wallets:
            self.wallets[unit] = Wallet(unit, lots={})
        return self.wallets[unit]


class StandingsRequest:
    """The questions about some customers, asked in a pipeline; `answer` when it is over.

    What they share of others' is only asked for those who are `sharing`; of draws and instant wins only what is named.
    """

    def __init__(
        self,
        asking: Pipeline,
        owners: Iterable[Owner],
        *,
        lock: bool = True,
        sharing: Iterable[Owner] = (),
        draws: Iterable[Named] = (),
        instant_wins: Iterable[Named] = (),
    ) -> None:
        wanted = columns_for(READ, sorted(set(owners)))
        self._customers = asking.send(LOCK if lock else READ, wanted)
        self._wallets = asking.send(WALLETS, wanted)
        self._cards = asking.send(CARDS, wanted)
        self._memberships = asking.send(MEMBERSHIPS, wanted)
        self._sharing = sorted(set(sharing))
        self._shared = asking.send_rows(SHARED, self._sharing)
        self._draws = OpenDrawsRequest(asking, draws)
        self._instant_wins = OpenInstantWinsRequest(asking, instant_wins)

    def answer(self) -> dict[Owner, Standing]:
        """Every customer that loyalty knows of those asked for."""
        standings: dict[Owner, Standing] = {}
        for tenant_id, customer_id, *facts in self._customers.fetchall():
            standings[tenant_id, customer_id] = Standing(tenant_id, customer_id, *facts)
        for tenant_id, customer_id, unit, *totals in self._wallets.fetchall():
            standings[tenant_id, customer_id].wallets[unit] = Wallet(unit, *totals)
        for tenant_id, customer_id, card, stamps, filled in self._cards.fetchall():
            standings[tenant_id, customer_id].cards[card] = Card(stamps, filled)
        for tenant_id, customer_id, plan, *membership in self._memberships.fetchall():
            standings[tenant_id, customer_id].memberships[plan] = Membership(*membership)
        if self._shared:
            keep_shared([standings[owner] for owner in self._sharing if owner in standings], self._shared.fetchall())
        for (tenant_id, customer_id, name), draw in self._draws.answer().items():
            if (tenant_id, customer_id) in standings:
                standings[tenant_id, customer_id].draws[name] = draw
        for (tenant_id, customer_id, name), instant_win in self._instant_wins.answer().items():
            if (tenant_id, customer_id) in standings:
                standings[tenant_id, customer_id].instant_wins[name] = instant_win
        return standings


def lock_standing(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> Standing | None:
    """Lock one customer and read where they stand; None when loyalty does not know them."""
    with pipeline(db) as asking:
        request = StandingsRequest(asking, [(tenant_id, customer_id)])
    return request.answer().get((tenant_id, customer_id))


def load_shared(db: Session, standing: Standing) -> None:
    """Read the memberships that the customer shares, in a round trip of its own, unless they are known."""
    if standing.shared is None:
        with pipeline(db) as asking:
            found = asking.send(SHARED, columns_for(SHARED, [standing.owner]))
        keep_shared([standing], found.fetchall())


def keep_shared(standings: Sequence[Standing], rows: Iterable[tuple[Any, ...]]) -> None:
    """Put what was found with those who share it."""
    by_owner = {standing.owner: standing for standing in standings}
    shared: dict[Owner, dict[str, Membership]] = {owner: {} for owner in by_owner}
    for tenant_id, customer_id, plan, *membership in rows:
        shared[tenant_id, customer_id][plan] = Membership(*membership)
    for owner, standing in by_owner.items():
        standing.shared = shared[owner]


def load_draws(db: Session, standing: Standing, names: Collection[str]) -> None:
    """Read the draws that rules name and that were not asked for yet, in a round trip of its own if there are any."""
    missing = [(standing.tenant_id, standing.customer_id, name) for name in names if name not in standing.draws]
    if missing:
        with pipeline(db) as asking:
            request = OpenDrawsRequest(asking, missing)
        standing.draws.update({name: draw for (_tenant, _customer, name), draw in request.answer().items()})


def load_instant_wins(db: Session, standing: Standing, names: Collection[str]) -> None:
    """Read the instant wins that rules name and that were not asked for yet, in a round trip of its own if any are."""
    missing = [(*standing.owner, name) for name in names if name not in standing.instant_wins]
    if missing:
        with pipeline(db) as asking:
            request = OpenInstantWinsRequest(asking, missing)
        standing.instant_wins.update({name: found for (_tenant, _customer, name), found in request.answer().items()})


def load_lots(db: Session, standings: Sequence[tuple[Standing, Wallet]]) -> None:
    """Read the open lots of these wallets, all in one round trip."""
    missing = [(standing, wallet) for standing, wallet in standings if wallet.lots is None]
    if not missing:
        return
    wanted = columns_for(OPEN_LOTS, [(*standing.owner, wallet.unit) for standing, wallet in missing])
    with pipeline(db) as asking:
        found = asking.send(OPEN_LOTS, wanted)
    for _standing, wallet in missing:
        wallet.lots = {}
    by_key = {(*standing.owner, wallet.unit): wallet for standing, wallet in missing}
    for row in found.fetchall():
        keep_lot(by_key[row[0], row[1], row[2]], *row[3:])


def keep_lot(
    wallet: Wallet,
    lot_id: LotId,
    remaining: int,
    spendable_at: datetime,
    expires_at: datetime | None,
    earned_at: datetime,
    *made_by: Any,
) -> None:
    """Put a lot among the wallet's open ones; `made_by` is all that an OpenLot knows beside the lot."""
    assert wallet.lots is not None
    lot = Lot(id=lot_id, remaining=remaining, spendable_at=spendable_at, expires_at=expires_at, earned_at=earned_at)
    opened = OpenLot(lot, *made_by)
    if opened.sliding:
        opened.sliding = wallet.lapsed_at is None
        opened.lot = replace(lot, expires_at=wallet.lapsed_at or wallet.lapses_at)
    wallet.lots[lot_id] = opened
