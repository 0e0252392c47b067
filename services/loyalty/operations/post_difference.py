"""Posting the difference a return makes: units, stamps, vouchers, membership time.

Source: docs/rules/returns.md, docs/rules/clawback.md.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.events.loyalty import (
    Amendment,
    AnyFact,
    DrawEntered,
    MembershipExtended,
    PassesIssued,
    PlaysGiven,
    PointsAccrued,
    PurchaseReturned,
    StampsGiven,
    VoucherIssued,
)
from kernel.ids import new_id
from kernel.points import Points
from services.loyalty.domain.clawback import Policy
from services.loyalty.domain.difference import (
    Difference,
    DrawChange,
    MembershipChange,
    PassChange,
    PlaysChange,
    StampsChange,
    UnitsChange,
)
from services.loyalty.domain.effects import Effect, IssueVoucher
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.lot import LotId
from services.loyalty.domain.membership import extend, take_back
from services.loyalty.domain.name import Name
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.reward import REWARD
from services.loyalty.domain.rules.membership_bonus import MembershipBonus
from services.loyalty.domain.rules.pass_sale import PassSale
from services.loyalty.domain.rules.stamp_card import StampCard
from services.loyalty.domain.stamps import fill
from services.loyalty.domain.stamps import take_back as take_stamps_back
from services.loyalty.operations.apply_effects import by_language, lots_of, record_time, write_passes, write_voucher
from services.loyalty.operations.change_entries import change_entries
from services.loyalty.operations.change_plays import change_plays
from services.loyalty.operations.claw_back import claw_back
from services.loyalty.operations.revoke_passes import revoke_passes
from services.loyalty.operations.use_coupons import change_coupons
from services.loyalty.operations.wallet_room import count_earned
from services.loyalty.queries.program_shelf import shelved_program_of
from services.loyalty.queries.wallet_merges import lots_moved
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.receipts import PurchaseRecord
from services.loyalty.tables.standings import Card, Membership, Standing, Wallet
from services.loyalty.tables.tallies import USES_EVER, counted, forget_use, keys_of

LAPSED = text("""
    SELECT coalesce((SELECT sum(d.amount) FROM draws d JOIN lots l ON l.tenant_id = d.tenant_id AND l.id = d.lot_id
                     WHERE d.tenant_id = :tenant_id AND d.lot_id = ANY (:lots) AND d.kind = 'expiry'
                       AND l.unit = :unit), 0)
         - coalesce((SELECT sum((let_go::jsonb -> :unit ->> 'forgiven')::bigint) FROM returns
                     WHERE tenant_id = :tenant_id AND purchase_id = :purchase_id), 0)
""")
AMENDMENTS = text("SELECT id FROM returns WHERE tenant_id = :tenant_id AND purchase_id = :purchase_id")
WAIVED = text("""
    SELECT coalesce(sum((let_go::jsonb -> :unit ->> 'waived')::bigint), 0) FROM returns
    WHERE tenant_id = :tenant_id AND purchase_id = :purchase_id
""")
UNUSED = text("""
    SELECT id, code FROM vouchers
    WHERE tenant_id = :tenant_id AND customer_id = :customer_id AND card = :card AND status = 'issued'
    ORDER BY (source = :source) DESC, id DESC
""")
USED_BEFORE = text("""
    SELECT code FROM vouchers
    WHERE tenant_id = :tenant_id AND source = :source AND card IS NULL AND benefit = :benefit
      AND status = 'used' LIMIT 1
""")
NOT_USED = text(
    "SELECT id, code FROM vouchers WHERE tenant_id = :tenant_id AND code = ANY (:codes) AND status = 'issued'"
)
FREE = text("""
    UPDATE vouchers SET status = 'issued', used_by = NULL, used_at = NULL
    WHERE tenant_id = :tenant_id AND code = ANY (:codes) AND used_by = :purchase_id
""")

USE = text("""
    UPDATE vouchers SET status = 'used', used_by = :purchase_id, used_at = :at
    WHERE tenant_id = :tenant_id AND code = ANY (:codes)
""")


def post_difference(
    db: Session,
    purchase: PurchaseRecord,
    standing: Standing | None,
    program: CompiledProgram | None,
    changes: Difference,
    *,
    at: datetime,
) -> "DifferencePosting":
    """Post what changes on the books of the purchase's customer, who is locked. The books stay open for the caller."""
    posting = DifferencePosting(db, purchase, standing, program, at)
    posting.post(changes)
    return posting


class DifferencePosting:
    """Posts on a customer's books what changes when part of a purchase comes back."""

    def __init__(
        self,
        db: Session,
        purchase: PurchaseRecord,
        standing: Standing | None,
        program: CompiledProgram | None,
        at: datetime,
    ) -> None:
        self.id = new_id("ret")
        self.lots = lots_of(self.id)
        self.db = db
        self.purchase = purchase
        self.standing = standing
        # Of a customer who was merged, units and time are with somebody else.
        self.holder = standing.merged_into or standing if standing else None
        self.program = program
        self.at = at
        self.books = Books(at)
        self.told: list[AnyFact] = []
        self.forgiven: Counter[str] = Counter()
        self.waived: Counter[str] = Counter()
        self.broken: set[str] = set()
        self.issued: dict[str, list[str]] = {}
        self.awarded: dict[str, str] = {}

    def post(self, changes: Difference) -> None:
        """Post everything that changes. A sale to nobody has nothing to post but what limits and coupons count."""
        if self.program is not None and self.program.tallies:
            self._change_tallies(self.program, changes)
        self.told += change_coupons(self.db, self.books, self.purchase, changes, at=self.at)
        if self.standing is None or self.program is None:
            return
        for units in sorted(changes.units, key=lambda change: -change.amount):
            holder = self.holder if units.amount < 0 else self.standing
            self._change_units(holder or self.standing, self.program, units)
        for stamps in changes.stamps:
            self._change_stamps(self.standing, self.program, stamps)
        for membership in changes.memberships:
            self._change_membership(self.holder or self.standing, self.program, membership)
        for passes in changes.passes:
            self._change_passes(self.standing, self.program, passes)
        for draw in changes.draws:
            self._change_draw(self.standing, draw)
        # Takes plays before it gives any: those that are taken may be among those that come again.
        for plays in sorted(changes.plays, key=lambda change: change.plays):
            self._change_plays(self.standing, plays)
        self._change_vouchers(changes)
        self._change_awarded(self.standing, changes)

    def _change_tallies(self, program: CompiledProgram, changes: Difference) -> None:
        """Give uses and budgets back, or count more of them, in the periods of the sale."""
        purchase = self.purchase
        assert purchase.program_id is not None
        keys = keys_of(
            purchase.tenant_id,
            purchase.program_id,
            program,
            purchase.customer_id,
            purchase.store_id,
            purchase.occurred_at,
        )
        given = {change.rule: change.given for change in changes.given}
        for key, amount, last_at in counted(keys, given, program.cooling, purchase.occurred_at):
            self.books.count_given(key, amount, last_at)
            if key.rule in program.cooling and (key.measure, key.per, key.each) == USES_EVER and amount < 0:
                forget_use(self.db, key, "purchases", purchase.id)

    def _change_vouchers(self, changes: Difference) -> None:
        mine = {"tenant_id": self.purchase.tenant_id, "purchase_id": self.purchase.id}
        if changes.vouchers_freed and self.program and self.program.terms.voucher_on_return == "given_back":
            self.db.execute(FREE, {**mine, "codes": list(changes.vouchers_freed)})
        if changes.vouchers_used:
            self.db.execute(USE, {**mine, "codes": list(changes.vouchers_used), "at": self.at})

    def _change_awarded(self, standing: Standing, changes: Difference) -> None:
        """Revoke vouchers that no stamp card gave, unless they were used; issue others."""
        if changes.broken:
            unused = self.db.execute(NOT_USED, {"tenant_id": standing.tenant_id, "codes": list(changes.broken)})
            for voucher in unused:
                self.broken.add(voucher.code)
                self.books.postings.voucher_marks.append((standing.tenant_id, voucher.id, "revoked", None, self.at))
        for effect in changes.awarded:
            if used := self._used_before(effect):
                self.awarded[effect.rule] = used
                continue
            voucher_id, self.awarded[effect.rule] = write_voucher(
                self.books, standing, effect.reward, source=self.purchase.id, valid_until=effect.valid_until
            )
            name = by_language(effect.reward.name)
            self.told.append(VoucherIssued(voucher_id=voucher_id, reward_name=name, expires_at=effect.valid_until))

    def _used_before(self, effect: IssueVoucher) -> str | None:
        """The code of the voucher that this purchase gave before, if it was used: it is not given twice."""
        benefit = REWARD.dump_json(effect.reward).decode()
        sought = {"tenant_id": self.purchase.tenant_id, "source": self.purchase.id, "benefit": benefit}
        code: str | None = self.db.scalar(USED_BEFORE, sought)
        return code

    def _change_units(self, standing: Standing, program: CompiledProgram, change: UnitsChange) -> None:
        wallet = self.books.open_wallet(self.db, standing, change.unit)
        terms = program.terms.of_unit(change.unit)
        given = change.amount - self._taken_up(change.unit, change.amount)
        count_earned(self.books, standing, wallet, change.amount, program.terms, self.purchase.occurred_at)
        if given > 0:
            self.books.add(
                standing,
                wallet,
                movement("reversal", "issued", self.id, self.at),
                given,
                rule=change.rule,
                lot_id=next(self.lots),
                spendable_at=change.spendable_at,
                expires_at=change.expires_at,
                sliding=terms.slides and not terms.awaits,
                awaits=terms.awaits,
            )
        elif given < 0:
            self._claw_back(standing, wallet, -given, len(program.reward_rules), terms.clawback)
        self.told.append(PointsAccrued(unit=change.unit, amount=Points(change.amount)))

    @property
    def let_go(self) -> dict[str, dict[str, int]]:
        """What was not taken back, by unit."""
        return {
            unit: {"forgiven": self.forgiven[unit], "waived": self.waived[unit]}
            for unit in sorted({*self.forgiven, *self.waived})
            if self.forgiven[unit] or self.waived[unit]
        }

    def _taken_up(self, unit: str, amount: int) -> int:
        """Of units that come anew, those that an earlier return of the purchase let go: they were never taken back."""
        if amount <= 0:
            return 0
        sought = {"tenant_id": self.purchase.tenant_id, "purchase_id": self.purchase.id, "unit": unit}
        taken_up = min(amount, int(self.db.execute(WAIVED, sought).scalar_one()) + self.waived[unit])
        self.waived[unit] -= taken_up
        return taken_up

    def _claw_back(self, standing: Standing, wallet: Wallet, amount: int, lots_made_max: int, policy: Policy) -> None:
        """Take units back that this purchase made; what was spent is as the policy says."""
        made = {lot for cause in self._causes() for lot in islice(lots_of(cause), lots_made_max)}
        if self.standing is not standing:
            made |= lots_moved(self.db, standing.tenant_id, made)
        lapsed = min(amount, self._lapsed(wallet.unit, made))
        self.forgiven[wallet.unit] += lapsed
        self.waived[wallet.unit] += claw_back(
            self.books, standing, wallet, amount, made=made, reference=self.id, lapsed=lapsed, policy=policy
        )

    def _causes(self) -> list[str]:
        """The purchase, and every change of it: what made its lots."""
        sought = {"tenant_id": self.purchase.tenant_id, "purchase_id": self.purchase.id}
        return [self.purchase.id, self.id, *self.db.scalars(AMENDMENTS, sought)]

    def _lapsed(self, unit: str, made: set[LotId]) -> int:
        """Units of the purchase that died before it came back, and that no earlier return forgave: nobody owes them."""
        purchase = self.purchase
        sought = {"tenant_id": purchase.tenant_id, "lots": sorted(made), "purchase_id": purchase.id, "unit": unit}
        return int(self.db.execute(LAPSED, sought).scalar_one()) - self.forgiven[unit]

    def _change_stamps(self, standing: Standing, program: CompiledProgram, change: StampsChange) -> None:
        rule = stamp_rule(program, change.card)
        card = standing.cards.setdefault(change.card, Card())
        if change.stamps > 0:
            on_card, rewards = fill(card.stamps, change.stamps, change.needed)
            self.issued[change.card] = [self._issue(standing, rule) for _ in range(rewards)]
        else:
            on_card, rewards = self._break_vouchers(standing, card, change)
        card.stamps = on_card
        card.filled += rewards
        self.books.touch_card(standing, change.card)
        self.told.append(
            StampsGiven(
                card=change.card,
                card_name=by_language(rule.name),
                stamps=change.stamps,
                stamps_on_card=on_card,
                stamps_needed=change.needed,
            )
        )

    def _issue(self, standing: Standing, rule: StampCard) -> str:
        assert self.program is not None
        valid_until = rule.reward.valid_until(self.at, self.program.terms.zone)
        _id, code = write_voucher(
            self.books, standing, rule.reward, source=self.purchase.id, valid_until=valid_until, card=rule.card
        )
        return code

    def _break_vouchers(self, standing: Standing, card: Card, change: StampsChange) -> tuple[int, int]:
        """Take stamps off the card; where it has too few, break unused vouchers of it, this purchase's first."""
        mine = {"tenant_id": standing.tenant_id, "customer_id": standing.customer_id}
        unused = self.db.execute(UNUSED, {**mine, "card": change.card, "source": self.purchase.id}).all()
        on_card, rewards = take_stamps_back(card.stamps, -change.stamps, change.needed, len(unused))
        for voucher in unused[:-rewards] if rewards else ():
            self.broken.add(voucher.code)
            self.books.postings.voucher_marks.append((standing.tenant_id, voucher.id, "revoked", None, self.at))
        return on_card, rewards

    def _change_membership(self, standing: Standing, program: CompiledProgram, change: MembershipChange) -> None:
        today = local_date(self.at, program.terms.zone)
        membership = standing.memberships.get(change.plan) or Membership(new_id("mbs"), today)
        before = self.books.time_entries(self.db, standing, membership)
        paid, bonus = max(change.paid_months, 0), max(change.bonus_months, 0)
        added = take_back(
            before,
            paid=max(-change.paid_months, 0),
            bonus=max(-change.bonus_months, 0),
            price=0 if paid else -change.price,
            source=self.purchase.id,
        )
        if paid or bonus:
            more = extend(
                (*before, *added),
                starts_on=today,
                paid=paid,
                bonus=bonus,
                price=change.price if paid else 0,
                source=self.purchase.id,
            )
            added = (*added, *more)
        ends_on = record_time(self.books, standing, change.plan, membership, before, added, self.id)
        if not (change.paid_months or change.bonus_months):
            return
        self.told.append(
            MembershipExtended(
                plan=change.plan,
                plan_name=by_language(plan_name(program, change.plan)),
                paid_months=change.paid_months,
                bonus_months=change.bonus_months,
                ends_on=ends_on,
            )
        )

    def _change_passes(self, standing: Standing, program: CompiledProgram, change: PassChange) -> None:
        """Issue passes, or revoke those of this purchase that were used least. What was used stays used."""
        if change.passes > 0:
            write_passes(
                self.books,
                standing,
                plan=change.plan,
                passes=change.passes,
                entries=change.entries,
                source=self.purchase.id,
                valid_until=change.valid_until,
            )
        else:
            revoke_passes(self.db, self.purchase, change, at=self.at)
        self.told.append(
            PassesIssued(
                plan=change.plan,
                plan_name=by_language(pass_name(program, change.plan)),
                passes=change.passes,
                entries=change.entries,
                expires_at=change.valid_until,
            )
        )

    def _change_draw(self, standing: Standing, change: DrawChange) -> None:
        """Put entries in or take them back; after closing the list stays as it is, and the prize may not."""
        change_entries(self.db, self.books, standing, change.draw_id, change.entries, source=self.purchase.id)
        self.told.append(DrawEntered(draw=change.draw, draw_id=change.draw_id, entries=change.entries))

    def _change_plays(self, standing: Standing, change: PlaysChange) -> None:
        """Take plays back, with what they won as far as that can be, or give more."""
        shelved = shelved_program_of(self.db, self.purchase)
        assert shelved is not None, "a program decided it"
        self.told += change_plays(
            self.db, self.books, standing, change, shelved, source=self.purchase.id, change_id=self.id
        )
        told = PlaysGiven(instant_win=change.instant_win, instant_win_id=change.instant_win_id, plays=change.plays)
        self.told.append(told)

    def with_codes(self, before: Sequence[Effect], after: Sequence[Effect]) -> list[Effect]:
        """The new effects, their vouchers under the codes the customer has already."""
        codes: dict[tuple[str | None, str | None], list[str]] = {
            **{(card, None): list(new) for card, new in self.issued.items()},
            **{(None, rule): [code] for rule, code in self.awarded.items()},
        }
        for effect in before:
            if isinstance(effect, IssueVoucher) and effect.code and effect.code not in self.broken:
                codes.setdefault(source_of(effect), []).insert(0, effect.code)
        return [
            replace(effect, code=codes[source_of(effect)].pop(0))
            if isinstance(effect, IssueVoucher) and codes.get(source_of(effect))
            else effect
            for effect in after
        ]

    def event(self, refund: int, *, whole: bool, change: Amendment) -> PurchaseReturned:
        """The one event of a change."""
        purchase, program = self.purchase, self.program
        wallet = self.holder.wallets.get(program.terms.unit) if self.holder and program else None
        return PurchaseReturned(
            tenant_id=purchase.tenant_id,
            customer_id=purchase.customer_id,
            occurred_at=self.at,
            purchase_id=purchase.id,
            return_id=self.id,
            currency=purchase.currency,
            refund=refund,
            whole=whole,
            change=change,
            facts=self.told,
            balance=Points(wallet.balance) if wallet else None,
        )


def source_of(effect: IssueVoucher) -> tuple[str | None, str | None]:
    """What gave a voucher: a stamp card, or else a rule."""
    return (effect.card, None) if effect.card else (None, effect.rule)


def stamp_rule(program: CompiledProgram, card: str) -> StampCard:
    """The rule of a stamp card."""
    return next(rule for rule in program.reward_rules if isinstance(rule, StampCard) and rule.card == card)


def plan_name(program: CompiledProgram, plan: str) -> Name:
    """What a membership's plan is called: as the rule that sells it."""
    return next(rule.name for rule in program.reward_rules if isinstance(rule, MembershipBonus) and rule.plan == plan)


def pass_name(program: CompiledProgram, plan: str) -> Name:
    """What a pass is called: as the rule that sells it."""
    return next(rule.name for rule in program.reward_rules if isinstance(rule, PassSale) and rule.plan == plan)
