"""What a program would have made of purchases of the past. Source: docs/rules/backtest.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.loyalty.domain.basket import Basket
from services.loyalty.domain.coupon import CouponFacts
from services.loyalty.domain.customer import CustomerFacts, VoucherFacts
from services.loyalty.domain.effects import Effect, ExtendMembership, IssueVoucher, Stamp, UseVoucher
from services.loyalty.domain.evaluate import Evaluation, evaluate
from services.loyalty.domain.local_day import local_date, months_later
from services.loyalty.domain.membership import TimeEntry, extend, last_day
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.tally import Memory, Used


@dataclass(frozen=True, slots=True, kw_only=True)
class CardVoucher:
    """Where a voucher of the past came from: the stamp card that was filled for it, if one was, by which purchase."""

    card: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPurchase:
    """A sale as it is now, without what came back, and what the rules knew of customer and coupons then."""

    id: str
    basket: Basket
    facts: CustomerFacts | None
    occurred_at: datetime
    coupons: tuple[CouponFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldVoucher:
    """A voucher that the replay gave."""

    facts: VoucherFacts
    origin: CardVoucher


@dataclass(slots=True)
class CustomerState:
    """A customer as the replay has made them so far."""

    purchases: int = 0
    stamps: dict[str, int] = field(default_factory=dict)
    time: dict[str, tuple[TimeEntry, ...]] = field(default_factory=dict)
    vouchers: list[HeldVoucher] = field(default_factory=list)
    used: dict[str, bool] = field(default_factory=dict)
    played: set[str] = field(default_factory=set)


class Replay:
    """Plays the purchases of one customer under a program, in the order in which they were recorded.

    The customer begins as they stood just before the first of them. From then on what the rules count themselves is
    what they made it in the replay: purchases, stamps, membership time, the vouchers of stamp cards and what their own
    limits leave. All else they ask of a customer is as it was at each sale; what customers share is never used up.
    """

    def __init__(self, program: CompiledProgram, origins: Mapping[str, CardVoucher]) -> None:
        self._program = program
        self._origins = origins
        self._state: CustomerState | None = None
        self._issued = 0
        self._memory = Memory(program.tallies, program.terms.zone)

    def begin(self, facts: CustomerFacts | None) -> None:
        """Pass over a purchase of which nothing is left: the first one still says how the customer began."""
        if facts is not None and self._state is None:
            self._state = _before(facts)

    def play(self, purchase: PastPurchase) -> Evaluation:
        """What the program makes of the next purchase. Raises CurrencyMismatch and MembershipTooLong."""
        if purchase.facts is None:
            used = Used(coupons=purchase.coupons)
            return evaluate(self._program, purchase.basket, None, purchase.occurred_at, used)
        self.begin(purchase.facts)
        assert self._state is not None
        state = self._state
        facts = replace(
            purchase.facts,
            purchases=state.purchases,
            stamps=dict(state.stamps),
            memberships={plan: last_day(entries) for plan, entries in state.time.items()},
            vouchers=self._shown(state, purchase),
        )
        used = self._memory.used(purchase.occurred_at)
        used = replace(used, coupons=purchase.coupons) if purchase.coupons else used
        evaluation = evaluate(self._program, purchase.basket, facts, purchase.occurred_at, used)
        self._memory.count(evaluation.effects, purchase.occurred_at)
        self._apply(state, purchase, evaluation.effects)
        return evaluation

    @property
    def vouchers_left(self) -> Sequence[HeldVoucher]:
        """The vouchers that the replay gave and nobody has shown."""
        return self._state.vouchers if self._state else ()

    def _shown(self, state: CustomerState, purchase: PastPurchase) -> tuple[VoucherFacts, ...]:
        """The vouchers the customer shows: for one that a replayed card gave then, one that a card gives now."""
        assert purchase.facts is not None
        shown: list[VoucherFacts] = []
        held = list(state.vouchers)
        for voucher in purchase.facts.vouchers:
            origin = self._origins.get(voucher.code)
            if origin is None or origin.source not in state.played:
                shown.append(replace(voucher, used=state.used.setdefault(voucher.code, voucher.used)))
            elif found := _best(held, origin, purchase.occurred_at):
                held.remove(found)
                shown.append(found.facts)
        return tuple(shown)

    def _apply(self, state: CustomerState, purchase: PastPurchase, effects: Sequence[Effect]) -> None:
        state.purchases += 1
        state.played.add(purchase.id)
        for effect in effects:
            match effect:
                case Stamp():
                    state.stamps[effect.card] = effect.on_card
                case IssueVoucher():
                    state.vouchers.append(self._voucher(effect, purchase.id))
                case UseVoucher():
                    state.vouchers = [held for held in state.vouchers if held.facts.code != effect.code]
                    state.used[effect.code] = True
                case ExtendMembership():
                    today = local_date(purchase.occurred_at, self._program.terms.zone)
                    before = state.time.get(effect.plan, ())
                    more = extend(before, starts_on=today, paid=effect.paid_months, bonus=effect.bonus_months)
                    state.time[effect.plan] = (*before, *more)

    def _voucher(self, effect: IssueVoucher, source: str) -> HeldVoucher:
        self._issued += 1
        # Never the code of a real one: those have another form.
        facts = VoucherFacts(code=f"replayed {self._issued}", reward=effect.reward, valid_until=effect.valid_until)
        return HeldVoucher(facts, CardVoucher(card=effect.card, source=source))


def _before(facts: CustomerFacts) -> CustomerState:
    return CustomerState(
        purchases=facts.purchases,
        stamps=dict(facts.stamps),
        time={
            # Only the last day is known of time from before: that it was paid or given makes no difference here.
            plan: (TimeEntry(kind="paid", months=1, from_date=months_later(end, -1), until_date=end),)
            for plan, end in ((plan, last + timedelta(days=1)) for plan, last in facts.memberships.items())
        },
    )


def _best(held: Sequence[HeldVoucher], origin: CardVoucher, at: datetime) -> HeldVoucher | None:
    """The one of the same purchase and card, else the oldest of the card, else the oldest of any card."""
    good = [each for each in held if each.facts.valid_until is None or each.facts.valid_until > at]
    of_card = [each for each in good if each.origin.card == origin.card]
    same = [each for each in of_card if each.origin.source == origin.source]
    return next(iter(same or of_card or good), None)
