"""Giving a sale to nobody the customer it was made to. Source: docs/rules/returns.md."""

from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from contracts.events.loyalty import AnyFact, PurchaseClaimed
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.difference import Difference, difference
from services.loyalty.domain.effects import Effect, Pay, effects_as_json, effects_from_json
from services.loyalty.domain.evaluate import decide
from services.loyalty.domain.local_day import days_later
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.refusals.purchases import ClaimTooLate, NothingToClaim, PurchaseClaimedBefore
from services.loyalty.domain.remaining import remaining_basket
from services.loyalty.domain.tally import NOTHING_USED, Used, given_by
from services.loyalty.domain.tender import kept
from services.loyalty.operations.amend_purchase import CHANGES, GONE, units_returned, used_then
from services.loyalty.operations.apply_effects import Cause, apply_effects
from services.loyalty.operations.give_payments_back import give_payments_back
from services.loyalty.operations.record_purchases import voucher_codes
from services.loyalty.operations.settle_tier import settle_tier
from services.loyalty.operations.use_coupons import change_coupons, name_user, with_coupons_then
from services.loyalty.operations.wallet_room import wallet_room
from services.loyalty.queries.customer_facts import facts_of, with_days
from services.loyalty.queries.customers import welcome
from services.loyalty.queries.program_shelf import ShelvedProgram, shelved_program_of
from services.loyalty.queries.purchases import find_purchase
from services.loyalty.queries.tiers import tier_at
from services.loyalty.tables.books import Books
from services.loyalty.tables.purchases import PurchaseRow, ReturnRow
from services.loyalty.tables.receipts import FACTS, MISSES, USED, PurchaseRecord, ReceiptsRequest
from services.loyalty.tables.standings import load_draws, load_instant_wins, load_lots, load_shared, lock_standing
from services.loyalty.tables.tallies import Keys, Tallies, counted, keys_of

REWRITTEN = (
    "customer_id",
    "subtotal",
    "discount",
    "due",
    "balance_after",
    "basket",
    "facts",
    "used",
    "effects",
    "misses",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The purchase as it now is, and the money to give back, in minor units, that its customer's rules take off."""

    refund: int
    purchase: PurchaseRecord
    program: CompiledProgram | None


def claim_purchase(
    db: Session,
    tenant_id: TenantId,
    purchase_id: str,
    customer_id: CustomerId,
    *,
    actor: str,
    at: datetime,
    trace: str | None = None,
) -> Claimed:
    """Let what is left of a walk-in's sale have been this customer's: it brings what it would have brought then.

    What depends on what the customer has (stamps on a card, a first purchase) goes by what they have now. Again for
    the same customer changes nothing. Raises PurchaseUnknown, CustomerUnknown, CustomerBlocked,
    PurchaseClaimedBefore, NothingToClaim and ClaimTooLate.
    """
    standing = welcome(lock_standing(db, tenant_id, customer_id), customer_id)
    purchase = find_purchase(db, tenant_id, purchase_id, lock=True)
    shelved = shelved_program_of(db, purchase)
    if purchase.customer_id == customer_id:
        return Claimed(refund=0, purchase=purchase, program=shelved.compiled if shelved else None)
    check_claim(purchase, shelved, at)
    basket = Basket.model_validate_json(purchase.basket).model_copy(update={"customer_id": customer_id})
    with pipeline(db) as asking:
        request = ReceiptsRequest(asking, [], voucher_codes(tenant_id, basket), [])
    presented = request.vouchers()
    if shelved and shelved.compiled.asks_families:
        load_shared(db, standing)
    if shelved:
        load_draws(db, standing, shelved.compiled.draws)
        load_instant_wins(db, standing, shelved.compiled.instant_wins)
    facts = facts_of(basket, standing, presented, at)
    if shelved and shelved.document.capped_units:
        facts = replace(facts, room=wallet_room(db, standing, shelved.document, purchase.occurred_at, at))
    tier = tier_at(db, standing, shelved.document.tier_rules if shelved else None, purchase.occurred_at)
    facts = replace(facts, tier=tier)
    if shelved and shelved.compiled.asks_days:
        facts = with_days(facts, standing)
    left = remaining_basket(basket, units_returned(purchase))
    books = Books(at)
    compiled = shelved.compiled if shelved else None
    coupons = with_coupons_then(db, purchase, compiled, basket, used_then(purchase), at=at).coupons
    keys, used = tallied(db, books, purchase, shelved, customer_id)
    used = replace(used, coupons=coupons) if coupons else used
    decided = decide(compiled, left, facts, purchase.occurred_at, used)
    effects: list[Effect] = list(decided.effects)
    told: list[AnyFact] = []
    if shelved:
        # Wallets that time has changed, or that owe, cannot be added to by their totals alone.
        load_lots(db, [(standing, wallet) for wallet in standing.wallets.values() if wallet.needs_lots(at)])
        cause = Cause(purchase.id, purchase.occurred_at, shelved)
        effects, told = apply_effects(db, books, standing, cause, effects, presented)
        for change in counted(keys, given_by(effects), shelved.compiled.cooling, purchase.occurred_at):
            books.count_given(*change)
    paid = [effect for effect in effects_from_json(purchase.effects) if isinstance(effect, Pay)]
    still = kept(None, paid, decided.totals.due)
    told += give_payments_back(db, books, purchase, standing, paid, still)
    effects = [*effects, *still]
    changes = difference(effects_from_json(purchase.effects), effects)
    name_user(db, purchase, customer_id)
    told += change_coupons(db, books, replace(purchase, customer_id=customer_id), changes, at=at)
    books.count_purchase(standing)
    claimed = replace(
        purchase,
        customer_id=customer_id,
        subtotal=decided.totals.subtotal,
        discount=decided.totals.discount,
        due=decided.totals.due,
        balance_after=standing.wallet(shelved.document.unit).balance if shelved else None,
        basket=basket.model_dump_json(exclude_defaults=True),
        facts=FACTS.dump_json(facts, exclude_defaults=True).decode(),
        used=None if used is NOTHING_USED else USED.dump_json(used, exclude_defaults=True).decode(),
        effects=orjson.dumps(effects_as_json(effects)).decode(),
        misses=MISSES.dump_json(decided.misses).decode(),
        revision=purchase.revision + 1,
    )
    refund = purchase.due - claimed.due
    books.postings.tell(claimed_event(claimed, refund, told, at), trace)
    books.close(db)
    keep(db, purchase, claimed, changes, actor=actor, at=at)
    settle_tier(db, standing, at=at)
    return Claimed(refund=refund, purchase=claimed, program=shelved.compiled if shelved else None)


def check_claim(purchase: PurchaseRecord, program: ShelvedProgram | None, at: datetime) -> None:
    """Whether the sale is still to be had. Raises PurchaseClaimedBefore, NothingToClaim and ClaimTooLate."""
    if purchase.customer_id is not None:
        raise PurchaseClaimedBefore
    if purchase.status in GONE:
        raise NothingToClaim
    if program is not None:
        days = program.document.claim_days
        if at >= days_later(purchase.occurred_at, days, program.document.zone):
            raise ClaimTooLate(days=days)


def tallied(
    db: Session, books: Books, purchase: PurchaseRecord, program: ShelvedProgram | None, customer_id: CustomerId
) -> tuple[Keys, Used]:
    """What the rules with limits gave so far without this sale, for its customer and for everyone."""
    if program is None or not program.compiled.tallies:
        return {}, NOTHING_USED
    compiled, sold_at = program.compiled, purchase.occurred_at
    named = (TenantId(purchase.tenant_id), program.program_id, compiled)
    keys = keys_of(*named, customer_id, purchase.store_id, sold_at)
    tallies = Tallies()
    tallies.load(db, keys)
    given = given_by(effects_from_json(purchase.effects))
    for key, amount, _last in counted(keys_of(*named, None, purchase.store_id, sold_at), given, frozenset(), sold_at):
        tallies.add(key, -amount, None)
        books.count_given(key, -amount, None)
    return keys, tallies.used(keys)


def claimed_event(purchase: PurchaseRecord, refund: int, told: list[AnyFact], at: datetime) -> PurchaseClaimed:
    """The one event of a claim, which carries all the sale caused."""
    return PurchaseClaimed(
        tenant_id=purchase.tenant_id,
        customer_id=purchase.customer_id,
        occurred_at=at,
        purchase_id=purchase.id,
        sold_at=purchase.occurred_at,
        store_id=purchase.store_id,
        currency=purchase.currency,
        subtotal=purchase.subtotal,
        discount=purchase.discount,
        due=purchase.due,
        refund=refund,
        facts=told,
        balance=None if purchase.balance_after is None else Points(purchase.balance_after),
    )


def keep(
    db: Session, before: PurchaseRecord, claimed: PurchaseRecord, changes: Difference, *, actor: str, at: datetime
) -> None:
    """Write whose the purchase is now, and that it was claimed."""
    values = {name: getattr(claimed, name) for name in (*REWRITTEN, "revision")}
    named = (PurchaseRow.tenant_id == claimed.tenant_id, PurchaseRow.id == claimed.id)
    db.execute(update(PurchaseRow).where(*named).values(**values))
    db.add(
        ReturnRow(
            tenant_id=claimed.tenant_id,
            id=new_id("ret"),
            purchase_id=claimed.id,
            kind="claim",
            lines="null",
            basket=None,
            refund=before.due - claimed.due,
            forgiven=0,
            changes=CHANGES.dump_json(changes).decode(),
            reason=None,
            actor=actor,
            recorded_at=at,
        )
    )
    db.flush()
