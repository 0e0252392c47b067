"""The books of some customers: opened under their locks, changed in memory, written in one round trip.

Every movement of units goes through here, so that three things stay true together: the entries of a transaction add up
to zero, the wallet's balance is the sum of its entries, and it is the sum of its open lots.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from kernel.ids import new_id
from services.loyalty.domain.draw_seal import SALT_BYTES
from services.loyalty.domain.lot import Draw, Lot, LotId
from services.loyalty.domain.membership import TimeEntry
from services.loyalty.domain.wallet import wallet_view
from services.loyalty.tables.memberships import read_time_entries
from services.loyalty.tables.postings import Postings
from services.loyalty.tables.standings import Card, Membership, OpenLot, Owner, Standing, Wallet, has_come, load_lots
from services.loyalty.tables.tallies import TallyKey
from services.loyalty.tables.tiers import TierRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One transaction of the ledger: what kind, what caused it (`reference`), and when it happened in the shop.

    `house` is the wallet on the other side: issued, redeemed, expired, adjusted or transferred.
    """

    id: str
    kind: str
    house: str
    reference: str
    occurred_at: datetime


def movement(kind: str, house: str, reference: str, occurred_at: datetime) -> Movement:
    """A transaction under a new id."""
    return Movement(id=new_id("ltx"), kind=kind, house=house, reference=reference, occurred_at=occurred_at)


Holding = tuple[Standing, Wallet]


class Books:
    """Changes to locked customers at one moment, collected until `close`."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.postings = Postings()
        self._touched: dict[tuple[str, str, str], tuple[Standing, Wallet]] = {}
        self._lots: dict[LotId, tuple[object, ...]] = {}
        self._cards: dict[tuple[str, str, str], Card] = {}
        self._memberships: dict[str, tuple[Standing, str, Membership]] = {}
        self._purchases: Counter[tuple[str, str]] = Counter()
        self._purchase_changes: Counter[tuple[str, str]] = Counter()
        self._tiers: dict[Owner, TierRecord] = {}
        self._tallies: Counter[TallyKey] = Counter()
        self._last_uses: dict[TallyKey, datetime] = {}
        self._time: dict[str, tuple[TimeEntry, ...]] = {}

    def open_wallet(self, db: Session, standing: Standing, unit: str) -> Wallet:
        """A wallet with its open lots."""
        wallet = standing.wallet(unit)
        load_lots(db, [(standing, wallet)])
        return wallet

    def add(
        self,
        standing: Standing,
        wallet: Wallet,
        moved: Movement,
        amount: int,
        *,
        spendable_at: datetime,
        expires_at: datetime | None,
        rule: str | None = None,
        lot_id: LotId | None = None,
        sliding: bool = False,
        awaits: str | None = None,
        earned_at: datetime | None = None,
    ) -> LotId:
        """Units come in as a new lot; they pay the wallet's debt first. A negative amount is a debt.

        A lot that slides lives until the wallet lapses, which is at `expires_at` or later.
        """
        lot_id = lot_id or LotId(new_id("lot"))
        if sliding:
            assert expires_at is not None, "what slides has an end"
            self.lapse(standing, wallet)
            self._slide(standing, wallet, expires_at)
            expires_at = wallet.lapses_at
        lot = Lot(
            id=lot_id,
            remaining=amount,
            spendable_at=spendable_at,
            expires_at=expires_at,
            earned_at=earned_at or moved.occurred_at,
        )
        self._enter(standing, wallet, moved, amount)
        self._keep(standing, wallet, OpenLot(lot, moved.reference, rule, amount, sliding, awaits))
        if amount > 0 and wallet.debt:
            self._pay_debt(standing, wallet, moved, lot_id)
        return lot_id

    def take(self, standing: Standing, wallet: Wallet, moved: Movement, draws: Sequence[Draw]) -> None:
        """Units go out, from the lots that were chosen. The wallet's lots must be loaded."""
        self._enter(standing, wallet, moved, -sum(draw.amount for draw in draws))
        for draw in draws:
            self._draw(standing, wallet, moved, draw)

    def enter_draw(
        self,
        standing: Standing,
        draw_id: str,
        entries: int,
        total: int,
        *,
        source: str | None = None,
        reason: str | None = None,
        actor: str | None = None,
    ) -> str:
        """Write entries in an open draw, below zero to take them back; answers their id.

        `total` is what the customer has then. Without a `source` they come from themselves.
        """
        key = (standing.tenant_id, draw_id, standing.customer_id)
        self.postings.draw_entrants[key] = (*key, secrets.token_bytes(SALT_BYTES), total)
        entry_id = new_id("den")
        self.postings.draw_entries.append(
            (
                standing.tenant_id,
                entry_id,
                draw_id,
                standing.customer_id,
                entries,
                source or entry_id,
                False,
                reason,
                actor,
                self.at,
            )
        )
        return entry_id

    def enter_draw_late(self, standing: Standing, draw_id: str, entries: int, *, source: str) -> None:
        """Note what a source is worth in a draw that is closed, or was cancelled."""
        owner, entry_id = standing.customer_id, new_id("den")
        self.postings.draw_entries.append(
            (standing.tenant_id, entry_id, draw_id, owner, entries, source, True, None, None, self.at)
        )

    def give_plays(
        self, standing: Standing, instant_win_id: str, plays: int, *, valid_until: datetime, source: str
    ) -> None:
        """Write so many new plays of an instant win that a purchase brought."""
        owner = standing.customer_id
        self.postings.plays.extend(
            (standing.tenant_id, new_id("ply"), instant_win_id, owner, source, self.at, valid_until)
            for _ in range(plays)
        )

    def count_earned(self, standing: Standing, wallet: Wallet, amount: int, since: date) -> None:
        """Count units towards the cap of the period that began that day; below zero where they were taken back.

        A later period begins at nothing; what belongs to an earlier one counts no more.
        """
        if wallet.earned_since is None or since > wallet.earned_since:
            wallet.earned, wallet.earned_since = 0, since
        if since == wallet.earned_since:
            wallet.earned = max(0, wallet.earned + amount)
            self._touch(standing, wallet)

    def be_active(self, standing: Standing, wallet: Wallet, until: datetime) -> None:
        """The customer did something: units that slide live until then, at the least; those that had died stay dead."""
        self.lapse(standing, wallet)
        if wallet.lapses_at is not None:
            self._slide(standing, wallet, until)

    def lapse(self, standing: Standing, wallet: Wallet) -> bool:
        """Where the wallet's time is over, units that slid have died when it was; whether that was so.

        The wallet's lots must be loaded then, as those of every wallet that time has passed by are.
        """
        if not has_come(wallet.lapses_at, self.at):
            return False
        assert wallet.lots is not None
        for opened in list(wallet.lots.values()):
            if opened.sliding:
                self._keep(standing, wallet, replace(opened, sliding=False))
        # So have those that nothing is left of: what a burn took of them may come back.
        self.postings.lapses.append((*standing.owner, wallet.unit, wallet.lapses_at))
        wallet.lapsed_at, wallet.lapses_at = wallet.lapses_at, None
        self._touch(standing, wallet)
        return True

    def move(
        self, moved: Movement, giver: Holding, taker: Holding, draws: Sequence[Draw], *, same_person: bool = False
    ) -> list[LotId]:
        """Units go from one wallet to another, in one transaction; each part keeps its dates and what made it.

        Units that slide go on sliding with the `same_person`, and with another keep the date they had. The lots of
        both must be loaded. Returns the ids the parts have in the other wallet, in the order of the draws.
        """
        standing, wallet = giver
        assert wallet.lots is not None
        before = [wallet.lots[draw.lot] for draw in draws]
        noted = len(self.postings.draws)
        self.take(standing, wallet, moved, draws)
        ids = [
            self.add(
                *taker,
                moved,
                draw.amount,
                spendable_at=opened.lot.spendable_at,
                expires_at=opened.lot.expires_at,
                rule=opened.rule,
                sliding=opened.sliding and same_person,
                awaits=opened.awaits,
                earned_at=opened.lot.earned_at,
            )
            for draw, opened in zip(draws, before, strict=True)
        ]
        self._sum_draws(noted)
        return ids

    def release(
        self, standing: Standing, wallet: Wallet, lot_id: LotId, *, expires_at: datetime | None, sliding: bool
    ) -> None:
        """Units that waited for an event can be spent from now on."""
        assert wallet.lots is not None
        opened = wallet.lots[lot_id]
        if sliding:
            assert expires_at is not None, "what slides has an end"
            self.lapse(standing, wallet)
            self._slide(standing, wallet, expires_at)
            expires_at = wallet.lapses_at
        free = replace(opened.lot, spendable_at=self.at, expires_at=expires_at)
        self._keep(standing, wallet, replace(opened, lot=free, sliding=sliding, awaits=None))
        self._touch(standing, wallet)

    def hold(self, standing: Standing, wallet: Wallet, amount: int) -> None:
        """Set units aside, or free them when negative. No units move."""
        wallet.held += amount
        self._touch(standing, wallet)

    def count_purchase(self, standing: Standing, by: int = 1) -> None:
        """Count one purchase more for the customer, or one less; or only that something about one has changed."""
        standing.purchases += by
        standing.purchases_version += 1
        self._purchases[standing.owner] += by
        self._purchase_changes[standing.owner] += 1

    def keep_tier(self, standing: Standing, record: TierRecord) -> None:
        """Have what is known of the customer's tier written when the books are closed."""
        self._tiers[standing.owner] = record

    def count_given(self, key: TallyKey, amount: int, last_at: datetime | None = None) -> None:
        """Count what a rule with a limit gave, or took back when below zero; `last_at` is when a cool-down began."""
        self._tallies[key] += amount
        if last_at is not None:
            self._last_uses[key] = max(last_at, self._last_uses.get(key, last_at))

    def touch_card(self, standing: Standing, card: str) -> None:
        """Have a stamp card written as it is when the books are closed."""
        self._cards[(*standing.owner, card)] = standing.cards[card]

    def time_entries(self, db: Session, standing: Standing, membership: Membership | None) -> tuple[TimeEntry, ...]:
        """A membership's entries of time, those of this batch included."""
        if membership is None:
            return ()
        if membership.id not in self._time:
            self._time[membership.id] = read_time_entries(db, standing.tenant_id, membership.id)
        return self._time[membership.id]

    def keep_time(self, standing: Standing, plan: str, membership: Membership, entries: tuple[TimeEntry, ...]) -> None:
        """Have a membership written as it is when the books are closed."""
        self._time[membership.id] = entries
        self._memberships[membership.id] = (standing, plan, membership)

    def close(self, db: Session, *, commits: bool = False) -> None:
        """Write everything that changed, and commit where nothing follows in the transaction."""
        self.postings.purchase_counts.extend(
            (*owner, count, self._purchase_changes[owner]) for owner, count in self._purchases.items()
        )
        self.postings.tier_progress.extend(record.row(owner, self.at) for owner, record in self._tiers.items())
        self.postings.tallies.extend(
            (*key, self._tallies[key], self._last_uses.get(key)) for key in sorted(self._tallies)
        )
        for (*owner, name), card in self._cards.items():
            self.postings.stamp_cards.append((*owner, name, card.stamps, card.filled, self.at))
        for standing, plan, membership in self._memberships.values():
            days = (membership.ends_on, membership.frozen_from, membership.frozen_until)
            self.postings.memberships.append(
                (standing.tenant_id, membership.id, standing.customer_id, plan, *days, self.at)
            )
        for standing, wallet in self._touched.values():
            if wallet.lots is not None:
                settle(wallet, self.at)
            self.postings.wallets.append(self._wallet_row(standing, wallet))
        self.postings.lots.extend(self._lots.values())
        self.postings.write(db, commits=commits)

    def _enter(self, standing: Standing, wallet: Wallet, moved: Movement, amount: int) -> None:
        """Write both sides of a movement."""
        wallet.balance += amount
        self._touch(standing, wallet)
        line = (standing.tenant_id, moved.id, moved.kind, moved.house, moved.reference)
        what = (standing.customer_id, wallet.unit, amount, wallet.balance)
        self.postings.movements.append((*line, *what, moved.occurred_at, self.at))

    def _draw(self, standing: Standing, wallet: Wallet, moved: Movement, draw: Draw) -> None:
        """Change what is left of a lot, and note by how much."""
        assert wallet.lots is not None
        opened = wallet.lots[draw.lot]
        left = replace(opened.lot, remaining=opened.lot.remaining - draw.amount)
        self._keep(standing, wallet, replace(opened, lot=left))
        what = (draw.lot, moved.kind, draw.amount, moved.reference)
        self.postings.draws.append((standing.tenant_id, moved.id, *what, moved.occurred_at, self.at))

    def _sum_draws(self, noted: int) -> None:
        """Of what was noted since, one row for each lot: several that come together may pay the same debt."""
        rows = {row[2]: row for row in self.postings.draws[noted:]}
        amounts: Counter[LotId] = Counter()
        for _tenant_id, _moved, lot_id, _kind, amount, *_when in self.postings.draws[noted:]:
            amounts[lot_id] += amount
        self.postings.draws[noted:] = [(*row[:4], amounts[lot_id], *row[5:]) for lot_id, row in rows.items()]

    def _pay_debt(self, standing: Standing, wallet: Wallet, moved: Movement, lot_id: LotId) -> None:
        """Let a new lot pay the negative ones. No entry: nothing moves in or out of the wallet."""
        assert wallet.lots is not None
        earned = left = wallet.lots[lot_id].lot.remaining
        for owed in [opened.lot for opened in wallet.lots.values() if opened.lot.remaining < 0]:
            paid = min(-owed.remaining, left)
            left -= paid
            if paid:
                self._draw(standing, wallet, moved, Draw(owed.id, -paid))
        if left < earned:
            self._draw(standing, wallet, moved, Draw(lot_id, earned - left))

    def _keep(self, standing: Standing, wallet: Wallet, opened: OpenLot) -> None:
        """Remember a lot's row; and count it, in the open lots where they are known, else in the totals."""
        lot = opened.lot
        self._lots[lot.id] = (
            standing.tenant_id,
            lot.id,
            standing.customer_id,
            wallet.unit,
            opened.reference,
            opened.rule,
            opened.amount,
            lot.remaining,
            lot.earned_at,
            lot.spendable_at,
            None if opened.sliding else lot.expires_at,
            opened.sliding,
            opened.awaits,
            self.at,
        )
        if wallet.lots is not None:
            wallet.lots[lot.id] = opened
        else:
            count_new_lot(wallet, lot, self.at)

    def _slide(self, standing: Standing, wallet: Wallet, until: datetime) -> None:
        """Move the end of all that slides. The lots' rows stay as they are: the wallet says when they die."""
        if wallet.lapses_at is not None and wallet.lapses_at >= until:
            return
        wallet.lapses_at = until
        for opened in (wallet.lots or {}).values():
            if opened.sliding:
                opened.lot = replace(opened.lot, expires_at=until)
        self._touch(standing, wallet)

    def _touch(self, standing: Standing, wallet: Wallet) -> None:
        self._touched[(*standing.owner, wallet.unit)] = (standing, wallet)

    def _wallet_row(self, standing: Standing, wallet: Wallet) -> tuple[object, ...]:
        wallet.version += 1
        totals = (wallet.balance, wallet.pending, wallet.expired, wallet.held, wallet.debt)
        dates = (wallet.settled_until, wallet.lapses_at, wallet.earned, wallet.earned_since)
        return (*standing.owner, wallet.unit, *totals, *dates, wallet.version, self.at)


def settle(wallet: Wallet, at: datetime) -> None:
    """Bring the wallet's totals to this moment, from its lots."""
    assert wallet.lots is not None
    lots = [opened.lot for opened in wallet.lots.values()]
    assert wallet.balance == sum(lot.remaining for lot in lots), "a balance is the sum of its open lots"
    view = wallet_view(lots, held=wallet.held, at=at)
    wallet.pending = view.pending
    wallet.expired = view.expired_unswept
    wallet.debt = -sum(lot.remaining for lot in lots if lot.remaining < 0)
    wallet.settled_until = view.next_change_at


def count_new_lot(wallet: Wallet, lot: Lot, at: datetime) -> None:
    """Bring a settled wallet's totals up to date with one lot more, without asking for the others."""
    if lot.is_expired(at):
        wallet.expired += lot.remaining
        return
    if lot.spendable_at > at:
        wallet.pending += lot.remaining
    turns = [wallet.settled_until, lot.expires_at, lot.spendable_at if lot.spendable_at > at else None]
    wallet.settled_until = min((turn for turn in turns if turn), default=None)
