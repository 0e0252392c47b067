"""Carrying out what the rules decided."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from contracts.events.loyalty import (
    AnyFact,
    DiscountGiven,
    DrawEntered,
    MembershipExtended,
    PassesIssued,
    PlaysGiven,
    PointsAccrued,
    StampsGiven,
    VoucherIssued,
)
from kernel.ids import TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.effects import (
    Accrue,
    Discount,
    Effect,
    EnterDraw,
    ExtendMembership,
    Give,
    GivePlays,
    IssuePass,
    IssueVoucher,
    Stamp,
    UseVoucher,
)
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.lot import LotId
from services.loyalty.domain.membership import TimeEntry, extend, last_day, membership_view
from services.loyalty.domain.name import Name
from services.loyalty.domain.reward import REWARD, Reward
from services.loyalty.domain.voucher_code import RANDOM_BYTES, voucher_code
from services.loyalty.operations.be_active import be_active
from services.loyalty.operations.wallet_room import count_earned
from services.loyalty.queries.program_shelf import ShelvedProgram
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.receipts import PresentedVoucher
from services.loyalty.tables.standings import Card, Membership, Standing


@dataclass(frozen=True, slots=True)
class Cause:
    """What effects belong to, a purchase or what else an award is for; and the program that decided them."""

    source: str
    occurred_at: datetime
    program: ShelvedProgram

    def name_of(self, rule: str) -> dict[str, str]:
        """What a rule is called, by language."""
        return by_language(self.program.compiled.names[rule])


def apply_effects(
    db: Session,
    books: Books,
    standing: Standing,
    cause: Cause,
    effects: Iterable[Effect],
    presented: Mapping[tuple[TenantId, str], PresentedVoucher],
) -> tuple[list[Effect], list[AnyFact]]:
    """Post the effects on the customer's books.

    Returns the effects as they are to be stored, vouchers with their codes, and the facts to tell others.
    """
    be_active(db, books, standing, cause.program.document, cause.occurred_at)
    applied: list[Effect] = []
    facts: list[AnyFact] = []
    lots = lots_of(cause.source)
    for effect in effects:
        match effect:
            case Accrue():
                facts.append(accrue(books, standing, cause, effect, next(lots)))
            case Stamp():
                facts.append(stamp(books, standing, cause, effect))
            case IssueVoucher():
                effect, fact = issue_voucher(books, standing, cause, effect)
                facts.append(fact)
            case UseVoucher():
                use_voucher(books, standing, cause, presented[standing.tenant_id, effect.code])
                facts.append(DiscountGiven(rule="voucher", amount=effect.amount))
            case ExtendMembership():
                facts.append(extend_membership(db, books, standing, cause, effect))
            case IssuePass():
                facts.append(issue_passes(books, standing, cause, effect))
            case EnterDraw() | GivePlays():
                facts.append(take_part(books, standing, cause, effect))
            case Discount() | Give():
                facts.append(discount_fact(effect))
        applied.append(effect)
    return applied, facts


def lots_of(cause: str) -> Iterator[LotId]:
    """The ids of the lots that a purchase, a change of it, or an award makes: found again from its id alone."""
    suffix = cause.partition("_")[2]
    return (LotId(f"lot_{suffix}_{number}") for number in count(1))


def accrue(books: Books, standing: Standing, cause: Cause, effect: Accrue, lot_id: LotId) -> PointsAccrued:
    """Put the units into the wallet, as a lot of their own."""
    moved = movement("accrual", "issued", cause.source, cause.occurred_at)
    terms = cause.program.document.of_unit(effect.unit)
    books.add(
        standing,
        standing.wallet(effect.unit),
        moved,
        effect.amount,
        spendable_at=effect.spendable_at,
        expires_at=effect.expires_at,
        rule=effect.rule,
        lot_id=lot_id,
        sliding=terms.slides and not terms.awaits,
        awaits=terms.awaits,
    )
    wallet = standing.wallet(effect.unit)
    count_earned(books, standing, wallet, effect.amount, cause.program.document, cause.occurred_at)
    return PointsAccrued(
        unit=effect.unit,
        amount=Points(effect.amount),
        spendable_at=effect.spendable_at if effect.spendable_at > cause.occurred_at else None,
        expires_at=effect.expires_at,
    )


def stamp(books: Books, standing: Standing, cause: Cause, effect: Stamp) -> StampsGiven:
    """Move the card to where the rule put it."""
    card = standing.cards.setdefault(effect.card, Card())
    card.stamps = effect.on_card
    card.filled += effect.filled
    books.touch_card(standing, effect.card)
    return StampsGiven(
        card=effect.card,
        card_name=cause.name_of(effect.rule),
        stamps=effect.stamps,
        stamps_on_card=effect.on_card,
        stamps_needed=effect.needed,
    )


def issue_voucher(
    books: Books, standing: Standing, cause: Cause, effect: IssueVoucher
) -> tuple[IssueVoucher, VoucherIssued]:
    """Give the customer a voucher with a code nobody can guess."""
    voucher_id, code = write_voucher(
        books, standing, effect.reward, source=cause.source, valid_until=effect.valid_until, card=effect.card
    )
    told = VoucherIssued(
        voucher_id=voucher_id, reward_name=by_language(effect.reward.name), expires_at=effect.valid_until
    )
    return replace(effect, code=code), told


def write_voucher(
    books: Books,
    standing: Standing,
    reward: Reward,
    *,
    source: str,
    valid_until: datetime | None,
    card: str | None = None,
) -> tuple[str, str]:
    """A new voucher's id and code, its row posted. `source` is the purchase or redemption it is for."""
    voucher_id = new_id("vch")
    code = voucher_code(secrets.token_bytes(RANDOM_BYTES))
    benefit = REWARD.dump_json(reward).decode()
    books.postings.vouchers.append(
        (
            standing.tenant_id,
            voucher_id,
            code,
            standing.customer_id,
            benefit,
            card,
            source,
            "issued",
            books.at,
            valid_until,
        )
    )
    return voucher_id, code


def use_voucher(books: Books, standing: Standing, cause: Cause, voucher: PresentedVoucher) -> None:
    """Take the voucher in, so that it cannot be shown again."""
    voucher.status = "used"
    books.postings.voucher_marks.append((standing.tenant_id, voucher.id, "used", cause.source, books.at))


def extend_membership(
    db: Session, books: Books, standing: Standing, cause: Cause, effect: ExtendMembership
) -> MembershipExtended:
    """Add the months, the paid ones first, to the time there is."""
    today = local_date(cause.occurred_at, cause.program.document.zone)
    membership = standing.memberships.get(effect.plan)
    before = books.time_entries(db, standing, membership)
    plan = cause.program.document.plan(effect.plan)
    added = extend(
        before,
        starts_on=today,
        paid=effect.paid_months,
        bonus=effect.bonus_months,
        price=effect.price,
        source=cause.source,
        grace_days=plan.grace_for_renewal if plan else 0,
    )
    membership = membership or Membership(new_id("mbs"), today)
    record_time(books, standing, effect.plan, membership, before, added, cause.source)
    return MembershipExtended(
        plan=effect.plan,
        plan_name=cause.name_of(effect.rule),
        paid_months=effect.paid_months,
        bonus_months=effect.bonus_months,
        ends_on=membership.ends_on,
    )


def record_time(
    books: Books,
    standing: Standing,
    plan: str,
    membership: Membership,
    before: Iterable[TimeEntry],
    added: Iterable[TimeEntry],
    reference: str,
    *,
    reason: str | None = None,
    actor: str | None = None,
) -> date:
    """Write entries of time, and the last day they come to, which is returned."""
    entries = (*before, *added)
    membership.ends_on = last_day(entries)
    view = membership_view(entries)
    membership.frozen_from = view.frozen_from if view else None
    membership.frozen_until = view.frozen_until if view else None
    standing.memberships[plan] = membership
    books.keep_time(standing, plan, membership, entries)
    books.postings.membership_entries.extend(
        (
            standing.tenant_id,
            membership.id,
            entry.kind,
            entry.months,
            entry.days,
            entry.price,
            entry.from_date,
            entry.until_date,
            reference,
            entry.source or reference,
            entry.cause,
            reason,
            actor,
            books.at,
        )
        for entry in added
    )
    return membership.ends_on


def issue_passes(books: Books, standing: Standing, cause: Cause, effect: IssuePass) -> PassesIssued:
    """Give the customer passes."""
    write_passes(
        books,
        standing,
        plan=effect.plan,
        passes=effect.passes,
        entries=effect.entries,
        source=cause.source,
        valid_until=effect.valid_until,
    )
    return PassesIssued(
        plan=effect.plan,
        plan_name=cause.name_of(effect.rule),
        passes=effect.passes,
        entries=effect.entries,
        expires_at=effect.valid_until,
    )


def write_passes(
    books: Books,
    standing: Standing,
    *,
    plan: str,
    passes: int,
    entries: int,
    source: str,
    valid_until: datetime | None,
) -> None:
    """Post so many new passes. `source` is the purchase they are for."""
    owner = standing.customer_id
    books.postings.passes.extend(
        (standing.tenant_id, new_id("pas"), owner, plan, source, entries, entries, "issued", books.at, valid_until)
        for _ in range(passes)
    )


def take_part(
    books: Books, standing: Standing, cause: Cause, effect: EnterDraw | GivePlays
) -> DrawEntered | PlaysGiven:
    """Put the customer's entries into a draw, or give them plays; it was open when the rules were asked."""
    if isinstance(effect, GivePlays):
        books.give_plays(
            standing, effect.instant_win_id, effect.plays, valid_until=effect.valid_until, source=cause.source
        )
        return PlaysGiven(instant_win=effect.instant_win, instant_win_id=effect.instant_win_id, plays=effect.plays)
    draw = standing.draws[effect.draw]
    assert draw is not None, "the rules knew it"
    draw.entries += effect.entries
    books.enter_draw(standing, effect.draw_id, effect.entries, draw.entries, source=cause.source)
    return DrawEntered(draw=effect.draw, draw_id=effect.draw_id, entries=effect.entries)


def discount_fact(effect: Discount | Give) -> DiscountGiven:
    """Money off, or units handed over free."""
    if isinstance(effect, Give):
        return DiscountGiven(rule=effect.rule, amount=0, free_units=effect.quantity)
    return DiscountGiven(rule=effect.rule, amount=effect.amount)


def by_language(name: Name) -> dict[str, str]:
    """A name as events carry it."""
    return {"en": name.en, "ar": name.ar}
