"""Everything a batch writes, collected while it is decided and sent in one round trip."""

from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from chassis.data.row_sets import RowSet
from chassis.events.outbox import outbox_row
from contracts.event import Event
from services.loyalty.tables.coupons import USE as USE_COUPONS
from services.loyalty.tables.tallies import ADD as ADD_TALLIES
from services.loyalty.tables.tiers import CHANGES, PROGRESS

TEXT, WHOLE, MOMENT, DAY, BYTES = "text", "bigint", "timestamptz", "date", "bytea"

PURCHASES = RowSet(
    "purchases",
    {
        "tenant_id": TEXT,
        "id": TEXT,
        "customer_id": TEXT,
        "store_id": TEXT,
        "external_id": TEXT,
        "fingerprint": BYTES,
        "status": TEXT,
        "program_id": TEXT,
        "program_version": WHOLE,
        "currency": TEXT,
        "subtotal": WHOLE,
        "discount": WHOLE,
        "due": WHOLE,
        "balance_after": WHOLE,
        "basket": TEXT,
        "facts": TEXT,
        "used": TEXT,
        "effects": TEXT,
        "misses": TEXT,
        "occurred_at": MOMENT,
        "recorded_at": MOMENT,
    },
)
# A movement is two entries: the customer's, and the other way round that of the house.
MOVEMENTS = """
    INSERT INTO entries (tenant_id, transaction_id, kind, reference, wallet, customer_id, unit, amount, balance_after,
        occurred_at, recorded_at)
    SELECT m.tenant_id, m.transaction_id, m.kind, m.reference, side.wallet, m.customer_id, m.unit, side.amount,
        side.balance_after, m.occurred_at, m.recorded_at
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[],
        %b::bigint[], %b::timestamptz[], %b::timestamptz[]) AS m (tenant_id, transaction_id, kind, house, reference,
        customer_id, unit, amount, balance_after, occurred_at, recorded_at),
    LATERAL (VALUES ('customer', m.amount, m.balance_after), (m.house, -m.amount, NULL))
        AS side (wallet, amount, balance_after)
"""
LOTS = RowSet(
    "lots",
    {
        "tenant_id": TEXT,
        "id": TEXT,
        "customer_id": TEXT,
        "unit": TEXT,
        "reference": TEXT,
        "rule": TEXT,
        "amount": WHOLE,
        "remaining": WHOLE,
        "earned_at": MOMENT,
        "spendable_at": MOMENT,
        "expires_at": MOMENT,
        "sliding": "boolean",
        "awaits": TEXT,
        "recorded_at": MOMENT,
    },
    # A lot that is there already changes in what is left of it, and in when that can be spent.
    """ON CONFLICT (tenant_id, id) DO UPDATE SET
        remaining = excluded.remaining, spendable_at = excluded.spendable_at, expires_at = excluded.expires_at,
        sliding = excluded.sliding, awaits = excluded.awaits""",
)
DRAWS = RowSet(
    "draws",
    {
        "tenant_id": TEXT,
        "transaction_id": TEXT,
        "lot_id": TEXT,
        "kind": TEXT,
        "amount": WHOLE,
        "reference": TEXT,
        "occurred_at": MOMENT,
        "recorded_at": MOMENT,
    },
)
WALLETS = RowSet(
    "wallets",
    {
        "tenant_id": TEXT,
        "customer_id": TEXT,
        "unit": TEXT,
        "balance": WHOLE,
        "pending": WHOLE,
        "expired": WHOLE,
        "held": WHOLE,
        "debt": WHOLE,
        "settled_until": MOMENT,
        "lapses_at": MOMENT,
        "earned": WHOLE,
        "earned_since": DAY,
        "version": WHOLE,
        "updated_at": MOMENT,
    },
    """ON CONFLICT (tenant_id, customer_id, unit) DO UPDATE SET
        balance = excluded.balance, pending = excluded.pending, expired = excluded.expired, held = excluded.held,
        debt = excluded.debt, settled_until = excluded.settled_until, lapses_at = excluded.lapses_at,
        earned = excluded.earned, earned_since = excluded.earned_since,
        version = excluded.version, updated_at = excluded.updated_at""",
)
STAMP_CARDS = RowSet(
    "stamp_cards",
    {
        "tenant_id": TEXT,
        "customer_id": TEXT,
        "card": TEXT,
        "stamps": WHOLE,
        "filled": WHOLE,
        "updated_at": MOMENT,
    },
    """ON CONFLICT (tenant_id, customer_id, card) DO UPDATE SET
        stamps = excluded.stamps, filled = excluded.filled, updated_at = excluded.updated_at""",
)
VOUCHERS = RowSet(
    "vouchers",
    {
        "tenant_id": TEXT,
        "id": TEXT,
        "code": TEXT,
        "customer_id": TEXT,
        "benefit": TEXT,
        "card": TEXT,
        "source": TEXT,
        "status": TEXT,
        "issued_at": MOMENT,
        "valid_until": MOMENT,
    },
)
MEMBERSHIPS = RowSet(
    "memberships",
    {
        "tenant_id": TEXT,
        "id": TEXT,
        "customer_id": TEXT,
        "plan": TEXT,
        "ends_on": DAY,
        "frozen_from": DAY,
        "frozen_until": DAY,
        "updated_at": MOMENT,
    },
    """ON CONFLICT (tenant_id, id) DO UPDATE SET ends_on = excluded.ends_on, frozen_from = excluded.frozen_from,
        frozen_until = excluded.frozen_until, updated_at = excluded.updated_at""",
)
MEMBERSHIP_ENTRIES = RowSet(
    "membership_entries",
    {
        "tenant_id": TEXT,
        "membership_id": TEXT,
        "kind": TEXT,
        "months": WHOLE,
        "days": WHOLE,
        "price": WHOLE,
        "from_date": DAY,
        "until_date": DAY,
        "reference": TEXT,
        "source": TEXT,
        "cause": TEXT,
        "reason": TEXT,
        "actor": TEXT,
        "recorded_at": MOMENT,
    },
)
PASSES = RowSet(
    "passes",
    {
        "tenant_id": TEXT,
        "id": TEXT,
        "customer_id": TEXT,
        "plan": TEXT,
        "source": TEXT,
        "entries": WHOLE,
        "entries_left": WHOLE,
        "status": TEXT,
        "issued_at": MOMENT,
        "valid_until": MOMENT,
    },
)
DRAW_ENTRANTS = RowSet(
    "draw_entrants",
    {"tenant_id": TEXT, "draw_id": TEXT, "customer_id": TEXT, "salt": BYTES, "entries": WHOLE},
    # The salt is the first one's.
    "ON CONFLICT (tenant_id, draw_id, customer_id) DO UPDATE SET entries = excluded.entries",
)
DRAW_ENTRIES = RowSet(
    "draw_entries",
    {
        "tenant_id": TEXT,
        "id": TEXT,
        "draw_id": TEXT,
        "customer_id": TEXT,
        "entries": WHOLE,
        "source": TEXT,
        "late": "boolean",
        "reason": TEXT,
        "actor": TEXT,
        "recorded_at": MOMENT,
    },
)
PLAYS = RowSet(
    "plays",
    {
        "tenant_id": TEXT,
        "id": TEXT,
        "instant_win_id": TEXT,
        "customer_id": TEXT,
        "source": TEXT,
        "given_at": MOMENT,
        "valid_until": MOMENT,
    },
)
KEYS = RowSet(
    "idempotency_keys",
    {"tenant_id": TEXT, "operation": TEXT, "key": TEXT, "fingerprint": BYTES, "status": WHOLE, "reply": TEXT},
)
OUTBOX = RowSet(
    "outbox",
    {
        "tenant_id": TEXT,
        "id": TEXT,
        "topic": TEXT,
        "key": TEXT,
        "type": TEXT,
        "subject": TEXT,
        "occurred_at": MOMENT,
        "data": TEXT,
        "trace": TEXT,
    },
)
COUNT_PURCHASES = """
    UPDATE customers SET purchases = customers.purchases + more.purchases,
        purchases_version = customers.purchases_version + more.changes
    FROM unnest(%b::text[], %b::text[], %b::bigint[], %b::bigint[]) AS more (tenant_id, customer_id, purchases, changes)
    WHERE customers.tenant_id = more.tenant_id AND customers.customer_id = more.customer_id
"""
MARK_VOUCHERS = """
    UPDATE vouchers SET status = mark.status, used_by = mark.used_by, used_at = mark.used_at,
        reserved_by = NULL, reserved_until = NULL
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[])
        AS mark (tenant_id, id, status, used_by, used_at)
    WHERE vouchers.tenant_id = mark.tenant_id AND vouchers.id = mark.id
"""
LAPSE = """
    UPDATE lots SET sliding = false, expires_at = lapse.at
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::timestamptz[]) AS lapse (tenant_id, customer_id, unit, at)
    WHERE lots.tenant_id = lapse.tenant_id AND lots.customer_id = lapse.customer_id AND lots.unit = lapse.unit
      AND lots.remaining = 0 AND lots.sliding
"""
# The vouchers and coupons of a reservation that its purchase did not take in are free again.
CLOSE_RESERVATIONS = """
    WITH closed AS (
        UPDATE reservations r SET status = 'used', closed_at = mark.at
        FROM unnest(%b::text[], %b::text[], %b::text[], %b::timestamptz[]) AS mark (tenant_id, id, customer_id, at)
        WHERE r.tenant_id = mark.tenant_id AND r.id = mark.id AND r.customer_id = mark.customer_id
          AND r.status = 'reserved' AND r.expires_at > mark.at
        RETURNING r.tenant_id, r.id
    ), freed AS (
        DELETE FROM coupon_reservations c USING closed
        WHERE c.tenant_id = closed.tenant_id AND c.reservation_id = closed.id
    )
    UPDATE vouchers v SET reserved_by = NULL, reserved_until = NULL
    FROM closed WHERE v.tenant_id = closed.tenant_id AND v.reserved_by = closed.id
"""


@dataclass(slots=True)
class Postings:
    """Rows to write, as tuples in the order of the row sets' columns."""

    purchases: list[tuple[Any, ...]] = field(default_factory=list)
    wallets: list[tuple[Any, ...]] = field(default_factory=list)
    movements: list[tuple[Any, ...]] = field(default_factory=list)
    lapses: list[tuple[Any, ...]] = field(default_factory=list)
    lots: list[tuple[Any, ...]] = field(default_factory=list)
    draws: list[tuple[Any, ...]] = field(default_factory=list)
    stamp_cards: list[tuple[Any, ...]] = field(default_factory=list)
    vouchers: list[tuple[Any, ...]] = field(default_factory=list)
    voucher_marks: list[tuple[Any, ...]] = field(default_factory=list)
    reservations: list[tuple[Any, ...]] = field(default_factory=list)
    memberships: list[tuple[Any, ...]] = field(default_factory=list)
    membership_entries: list[tuple[Any, ...]] = field(default_factory=list)
    passes: list[tuple[Any, ...]] = field(default_factory=list)
    coupon_uses: list[tuple[Any, ...]] = field(default_factory=list)
    draw_entrants: dict[tuple[str, str, str], tuple[Any, ...]] = field(default_factory=dict)
    draw_entries: list[tuple[Any, ...]] = field(default_factory=list)
    plays: list[tuple[Any, ...]] = field(default_factory=list)
    keys: list[tuple[Any, ...]] = field(default_factory=list)
    purchase_counts: list[tuple[Any, ...]] = field(default_factory=list)
    tallies: list[tuple[Any, ...]] = field(default_factory=list)
    tier_progress: list[tuple[Any, ...]] = field(default_factory=list)
    tier_changes: list[tuple[Any, ...]] = field(default_factory=list)
    outbox: list[tuple[Any, ...]] = field(default_factory=list)

    def tell(self, event: Event, trace: str | None) -> None:
        """Tell others, in the same transaction; `trace` is the id of the request that caused it."""
        self.outbox.append(outbox_row(event, trace))

    def write(self, db: Session, *, commits: bool = False) -> None:
        """Send everything in one round trip; with the commit in it, where nothing follows in the transaction."""
        if not any(getattr(self, rows.name) for rows in fields(self)):
            return
        with pipeline(db) as sending:
            PURCHASES.insert(sending, self.purchases)
            WALLETS.insert(sending, self.wallets)
            sending.send_rows(MOVEMENTS, self.movements)
            sending.send_rows(LAPSE, self.lapses)
            LOTS.insert(sending, self.lots)
            DRAWS.insert(sending, self.draws)
            STAMP_CARDS.insert(sending, self.stamp_cards)
            VOUCHERS.insert(sending, self.vouchers)
            MEMBERSHIPS.insert(sending, self.memberships)
            MEMBERSHIP_ENTRIES.insert(sending, self.membership_entries)
            PASSES.insert(sending, self.passes)
            DRAW_ENTRANTS.insert(sending, [*self.draw_entrants.values()])
            DRAW_ENTRIES.insert(sending, self.draw_entries)
            PLAYS.insert(sending, self.plays)
            KEYS.insert(sending, self.keys)
            sending.send_rows(COUNT_PURCHASES, self.purchase_counts)
            sending.send_rows(MARK_VOUCHERS, self.voucher_marks)
            sending.send_rows(CLOSE_RESERVATIONS, self.reservations)
            sending.send_rows(USE_COUPONS, self.coupon_uses)
            ADD_TALLIES.insert(sending, self.tallies)
            PROGRESS.insert(sending, self.tier_progress)
            CHANGES.insert(sending, self.tier_changes)
            OUTBOX.insert(sending, self.outbox)
            if commits:
                sending.commit()
