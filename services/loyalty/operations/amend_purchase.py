"""Making a purchase another one: what it now is gets worked out anew, and only the difference is posted.

Returns, edits, voids and reopened sales are all of them this. Source: docs/rules/returns.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from pydantic import TypeAdapter
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from contracts.events.loyalty import Amendment
from kernel.ids import TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.difference import Difference, difference
from services.loyalty.domain.effects import Effect, Pay, UseVoucher, effects_as_json, effects_from_json
from services.loyalty.domain.evaluate import Evaluation, decide
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.tally import NOTHING_USED, Used
from services.loyalty.domain.tender import as_far_as_due, kept, without_codes
from services.loyalty.operations.give_payments_back import Refund, give_payments_back, refunds_of
from services.loyalty.operations.post_difference import DifferencePosting, post_difference
from services.loyalty.operations.settle_challenges import settle_challenges
from services.loyalty.operations.settle_tier import settle_tier
from services.loyalty.operations.use_coupons import with_coupons_then
from services.loyalty.queries.program_shelf import program_of
from services.loyalty.queries.purchases import find_purchase
from services.loyalty.queries.wallet_merges import lock_with_survivor
from services.loyalty.tables.purchases import PurchaseRow, ReturnRow
from services.loyalty.tables.receipts import FACTS, MISSES, USED, PurchaseRecord
from services.loyalty.tables.standings import Standing

REWRITTEN = (
    "status",
    "subtotal",
    "discount",
    "due",
    "basket",
    "facts",
    "used",
    "effects",
    "misses",
    "returned",
    "revision",
)
CHANGES: TypeAdapter[Difference] = TypeAdapter(Difference)
GONE = ("returned", "voided")
STILL_ISSUED = text("""
    SELECT code FROM vouchers WHERE tenant_id = :tenant_id AND code = ANY (:codes)
        AND (status = 'issued' OR used_by = :purchase_id)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a purchase is to become.

    `basket` is what was sold, `left` what remains of it, `returned` the units that came back by line. `lines` is what
    a return named, and `reason` why a person changed the sale.
    """

    amendment: Amendment
    status: str
    basket: Basket
    left: Basket
    facts: CustomerFacts | None
    returned: Mapping[int, int]
    lines: Mapping[int, int] | None = None
    reason: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """What was changed: the money to give back in minor units, what was posted, and the purchase as it now is.

    The refund is below zero when the purchase now costs more: so much is still owed. `refunds` is what of it went back
    to its source by itself.
    """

    id: str
    refund: int
    refunds: tuple[Refund, ...]
    changes: Difference
    purchase: PurchaseRecord
    program: CompiledProgram | None


def lock(db: Session, tenant_id: TenantId, purchase_id: str) -> tuple[PurchaseRecord, Standing | None]:
    """The purchase and its customer, both locked: the customer first, as everywhere. Raises PurchaseUnknown."""
    while True:
        customer_id = find_purchase(db, tenant_id, purchase_id).customer_id
        standing = lock_with_survivor(db, tenant_id, customer_id) if customer_id else None
        purchase = find_purchase(db, tenant_id, purchase_id, lock=True)
        # Somebody may have claimed it just then; once claimed it stays that customer's.
        if purchase.customer_id == customer_id:
            return purchase, standing


def amend_purchase(
    db: Session,
    purchase: PurchaseRecord,
    standing: Standing | None,
    wish: Wish,
    *,
    at: datetime,
    trace: str | None = None,
) -> Amended:
    """Make the locked purchase what is wished, under the program of the sale and at its moment."""
    before = effects_from_json(purchase.effects)
    program = program_of(db, purchase)
    used = with_coupons_then(db, purchase, program, wish.basket, used_then(purchase), at=at)
    decided = decide(program, wish.left, wish.facts, purchase.occurred_at, used)
    paid = [effect for effect in before if isinstance(effect, Pay)]
    still = kept(program.terms.pay_with_points if program else None, paid, decided.totals.due)
    if paid:
        # What points pay for earns nothing; how much they still pay is known only now.
        left = as_far_as_due(wish.left, paid, still, decided.totals.due)
        decided = decide(program, left, wish.facts, purchase.occurred_at, used)
    settled = settle_challenges(db, purchase, standing, before, decided.effects, at=at)
    changes = difference(before, settled.effects)
    posting = post_difference(db, purchase, standing, program, changes, at=at)
    if standing is not None:
        posting.books.count_purchase(standing, (purchase.status in GONE) - (wish.status in GONE))
    posting.told += give_payments_back(db, posting.books, purchase, standing, paid, still)
    after = [*posting.with_codes(before, settled.effects), *still]
    refund = purchase.due - decided.totals.due
    rest = rewritten(purchase, wish, decided, used, after)
    posting.books.postings.tell(posting.event(refund, whole=wish.status in GONE, change=wish.amendment), trace)
    posting.books.close(db)
    keep(db, posting, rest, refund, changes, wish)
    for other, effects in settled.others:
        move_prize(db, other, standing, effects, at=at, trace=trace)
    if standing is not None:
        settle_tier(db, standing, at=at)
    return Amended(
        id=posting.id,
        refund=refund,
        refunds=refunds_of(paid, still),
        changes=changes,
        purchase=rest,
        program=program,
    )


def amend_as_sold(
    db: Session,
    purchase: PurchaseRecord,
    standing: Standing | None,
    amendment: Amendment,
    sold: Basket,
    left: Basket,
    *,
    status: str,
    by: ByHand,
    at: datetime,
) -> Amended:
    """Make the locked purchase that much of what was sold. What came back of it before stays known."""
    wish = Wish(
        amendment=amendment,
        status=status,
        basket=sold,
        left=left,
        facts=facts_then(db, purchase),
        returned=units_returned(purchase),
        reason=by.reason,
        actor=by.actor,
    )
    return amend_purchase(db, purchase, standing, wish, at=at, trace=by.trace)


def move_prize(
    db: Session,
    purchase: PurchaseRecord,
    standing: Standing | None,
    effects: Sequence[Effect],
    *,
    at: datetime,
    trace: str | None,
) -> None:
    """Give a purchase the prize of a challenge, or take it back, because another of the customer's was changed."""
    before, wish = effects_from_json(purchase.effects), moved(purchase)
    changes = difference(before, effects)
    posting = post_difference(db, purchase, standing, program_of(db, purchase), changes, at=at)
    posting.books.postings.tell(posting.event(0, whole=wish.status in GONE, change=wish.amendment), trace)
    posting.books.close(db)
    after = orjson.dumps(effects_as_json(posting.with_codes(before, effects))).decode()
    rest = replace(purchase, status=wish.status, effects=after, revision=purchase.revision + 1)
    keep(db, posting, rest, 0, changes, wish)


def moved(purchase: PurchaseRecord) -> Wish:
    """What a purchase is to become that only loses or gets a prize."""
    basket = Basket.model_validate_json(purchase.basket)
    return Wish(
        amendment="challenge",
        status="edited" if purchase.status == "recorded" else purchase.status,
        basket=basket,
        left=basket,
        facts=None,
        returned=units_returned(purchase),
    )


def facts_then(db: Session, purchase: PurchaseRecord) -> CustomerFacts | None:
    """What the rules knew at the sale; but a voucher that it showed in vain, and that is gone by now, stays gone."""
    if purchase.facts == "null":
        return None
    facts = FACTS.validate_json(purchase.facts)
    own = {effect.code for effect in effects_from_json(purchase.effects) if isinstance(effect, UseVoucher)}
    others = {voucher.code for voucher in facts.vouchers if not voucher.used} - own
    if not others:
        return facts
    sought = {"tenant_id": purchase.tenant_id, "codes": sorted(others), "purchase_id": purchase.id}
    gone = others - set(db.scalars(STILL_ISSUED, sought))
    return replace(facts, vouchers=tuple(replace(v, used=v.used or v.code in gone) for v in facts.vouchers))


def used_then(purchase: PurchaseRecord) -> Used:
    """What the rules with limits had given at the sale."""
    return USED.validate_json(purchase.used) if purchase.used else NOTHING_USED


def units_returned(purchase: PurchaseRecord) -> dict[int, int]:
    """The units of each line that came back so far."""
    return {int(place): count for place, count in orjson.loads(purchase.returned or "{}").items()}


def rewritten(
    purchase: PurchaseRecord, wish: Wish, decided: Evaluation, used: Used, effects: Sequence[Effect]
) -> PurchaseRecord:
    """The purchase as it is from now on."""
    return replace(
        purchase,
        status=wish.status,
        subtotal=decided.totals.subtotal,
        discount=decided.totals.discount,
        due=decided.totals.due,
        basket=without_codes(wish.basket).model_dump_json(exclude_defaults=True),
        facts=stored_facts(purchase, wish),
        used=stored_used(purchase, wish, used),
        effects=orjson.dumps(effects_as_json(effects)).decode(),
        misses=MISSES.dump_json(decided.misses).decode(),
        returned=as_json(wish.returned),
        revision=purchase.revision + 1,
    )


def stored_facts(purchase: PurchaseRecord, wish: Wish) -> str:
    """What the rules knew of the customer, to work the next change out from; an edit may show other vouchers."""
    if wish.amendment != "edit" or wish.facts is None:
        return purchase.facts
    return FACTS.dump_json(wish.facts, exclude_defaults=True).decode()


def stored_used(purchase: PurchaseRecord, wish: Wish, used: Used) -> str | None:
    """What was used before the sale, to work the next change out from; an edit may show other coupons."""
    if wish.amendment != "edit" or used is NOTHING_USED:
        return purchase.used
    return USED.dump_json(used, exclude_defaults=True).decode()


def keep(
    db: Session,
    posting: DifferencePosting,
    rest: PurchaseRecord,
    refund: int,
    changes: Difference,
    wish: Wish,
) -> None:
    """Write what the purchase now is, and the change itself."""
    named = (PurchaseRow.tenant_id == rest.tenant_id, PurchaseRow.id == rest.id)
    left = {name: getattr(rest, name) for name in REWRITTEN}
    db.execute(update(PurchaseRow).where(*named).values(**left))
    db.add(
        ReturnRow(
            tenant_id=rest.tenant_id,
            id=posting.id,
            purchase_id=rest.id,
            kind=wish.amendment,
            lines="null" if wish.lines is None else as_json(wish.lines),
            basket=rest.basket if wish.amendment == "edit" else None,
            refund=refund,
            forgiven=posting.forgiven.total(),
            waived=posting.waived.total(),
            let_go=orjson.dumps(posting.let_go).decode(),
            changes=CHANGES.dump_json(changes).decode(),
            reason=wish.reason,
            actor=wish.actor,
            recorded_at=posting.at,
        )
    )
    db.flush()


def as_json(counts: Mapping[int, int]) -> str:
    """How many units of each line, as it is stored."""
    return orjson.dumps({str(place): count for place, count in counts.items() if count}).decode()
