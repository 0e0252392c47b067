"""Saying what a purchase would do."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.evaluate import Evaluation, decide
from services.loyalty.domain.till_clock import latest
from services.loyalty.operations.record_purchases import coupons_shown, voucher_codes, with_coupons
from services.loyalty.operations.wallet_room import wallet_room
from services.loyalty.queries.customer_facts import facts_of, with_days
from services.loyalty.queries.customers import welcome
from services.loyalty.queries.program_shelf import SHELF, ShelvedProgram
from services.loyalty.queries.tiers import tier_at
from services.loyalty.tables.coupons import Coupons
from services.loyalty.tables.receipts import ReceiptsRequest
from services.loyalty.tables.standings import StandingsRequest
from services.loyalty.tables.tallies import Tallies, keys_of


def quote_basket(
    db: Session, tenant_id: TenantId, basket: Basket, *, at: datetime
) -> tuple[Evaluation, ShelvedProgram | None]:
    """What the live program would make of the basket now, and that program. Locks and changes nothing.

    Raises CustomerUnknown, CustomerBlocked and CurrencyMismatch.
    """
    program = SHELF.live(db, tenant_id, at)
    owner = (tenant_id, CustomerId(basket.customer_id)) if basket.customer_id else None
    occurred_at = latest(basket.occurred_at, at)
    keys = (
        keys_of(tenant_id, program.program_id, program.compiled, basket.customer_id, basket.store_id, occurred_at)
        if program
        else {}
    )
    compiled = program.compiled if program else None
    coupons, tallies = Coupons(at, lock=False), Tallies(lock=False)
    named = [(*owner, draw) for draw in (compiled.draws if compiled else ())] if owner else []
    wins = [(*owner, name) for name in (compiled.instant_wins if compiled else ())] if owner else []
    with pipeline(db) as asking:
        owners = [owner] if owner else []
        sharing = owners if program and program.compiled.asks_families else []
        standings = StandingsRequest(asking, owners, lock=False, sharing=sharing, draws=named, instant_wins=wins)
        receipts = ReceiptsRequest(asking, [], voucher_codes(tenant_id, basket), [])
        coupons.ask(asking, coupons_shown(compiled, tenant_id, basket))
        tallies.ask(asking, [keys])
    coupons.keep()
    tallies.keep()
    standing = welcome(standings.answer().get(owner), owner[1]) if owner else None
    occurred_at = latest(basket.occurred_at, at)
    facts = facts_of(basket, standing, receipts.vouchers(), at) if standing else None
    if facts and standing and program:
        facts = replace(facts, tier=tier_at(db, standing, program.document.tier_rules, occurred_at))
        facts = with_days(facts, standing)
    if facts and standing and program and program.document.capped_units:
        facts = replace(facts, room=wallet_room(db, standing, program.document, occurred_at, at))
    used = with_coupons(db, coupons, compiled, tenant_id, basket, tallies.used(keys))
    return decide(compiled, basket, facts, occurred_at, used), program
