"""Saying what a version of a program would do, live or not, now or later. Source: docs/rules/programs.md."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.evaluate import Evaluation, evaluate
from services.loyalty.domain.program import CompiledProgram, ProgramDocument, compile_program
from services.loyalty.domain.refusals.programs import RuleUnknown
from services.loyalty.operations.record_purchases import coupons_shown, voucher_codes, with_coupons
from services.loyalty.operations.wallet_room import wallet_room
from services.loyalty.queries.customer_facts import facts_of, with_days
from services.loyalty.queries.customers import welcome
from services.loyalty.queries.programs import find_version
from services.loyalty.queries.tiers import tier_at
from services.loyalty.tables.coupons import Coupons
from services.loyalty.tables.receipts import ReceiptsRequest
from services.loyalty.tables.standings import StandingsRequest
from services.loyalty.tables.tallies import Tallies, keys_of


def rehearse_basket(
    db: Session,
    tenant_id: TenantId,
    program_id: str,
    number: int,
    basket: Basket,
    *,
    without: Collection[str] = (),
    at: datetime,
) -> tuple[Evaluation, CompiledProgram]:
    """What a version, without some of its rules, would make of the basket at that moment; changes nothing.

    The customer is as they stand now, and so are limits and budgets. Raises VersionUnknown, RuleUnknown,
    CustomerUnknown, CustomerBlocked and CurrencyMismatch.
    """
    version = find_version(db, tenant_id, program_id, number)
    document = left_out(ProgramDocument.model_validate_json(version.document), without)
    program = compile_program(document)
    owner = (tenant_id, CustomerId(basket.customer_id)) if basket.customer_id else None
    keys = keys_of(tenant_id, program_id, program, basket.customer_id, basket.store_id, at)
    coupons, tallies = Coupons(at, lock=False), Tallies(lock=False)
    owners = [owner] if owner else []
    named = [(*owner, draw) for owner in owners for draw in program.draws]
    wins = [(*owner, name) for owner in owners for name in program.instant_wins]
    with pipeline(db) as asking:
        sharing = owners if program.asks_families else []
        standings = StandingsRequest(asking, owners, lock=False, sharing=sharing, draws=named, instant_wins=wins)
        receipts = ReceiptsRequest(asking, [], voucher_codes(tenant_id, basket), [])
        coupons.ask(asking, coupons_shown(program, tenant_id, basket))
        tallies.ask(asking, [keys])
    coupons.keep()
    tallies.keep()
    standing = welcome(standings.answer().get(owner), owner[1]) if owner else None
    facts = facts_of(basket, standing, receipts.vouchers(), at) if standing else None
    if facts and standing:
        facts = replace(facts, tier=tier_at(db, standing, document.tier_rules, at))
        facts = with_days(facts, standing)
    if facts and standing and program.terms.capped_units:
        facts = replace(facts, room=wallet_room(db, standing, program.terms, at, at))
    used = with_coupons(db, coupons, program, tenant_id, basket, tallies.used(keys))
    return evaluate(program, basket, facts, at, used), program


def left_out(document: ProgramDocument, rules: Collection[str]) -> ProgramDocument:
    """The document without these rules. Raises RuleUnknown."""
    known = {rule.id for rule in document.rules}
    for rule in sorted(rules):
        if rule not in known:
            raise RuleUnknown(rule=rule)
    return document.model_copy(update={"rules": tuple(rule for rule in document.rules if rule.id not in rules)})
