"""Taking goods back: what remains of the sale is worked out anew, and the difference is posted.

Source: docs/rules/returns.md.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from pydantic import TypeAdapter
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.difference import Difference, difference
from services.loyalty.domain.effects import Effect, UseVoucher, effects_as_json, effects_from_json
from services.loyalty.domain.evaluate import Evaluation
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.refusals import NothingToReturn, ReturnTooLarge
from services.loyalty.domain.remaining import remaining_basket
from services.loyalty.domain.tally import NOTHING_USED, Used
from services.loyalty.operations.post_difference import DifferencePosting, post_difference
from services.loyalty.operations.record_purchases import FACTS, MISSES, USED, decide, program_of
from services.loyalty.queries.purchases import find_purchase
from services.loyalty.tables.purchases import PurchaseRow, ReturnRow
from services.loyalty.tables.receipts import PurchaseRecord
from services.loyalty.tables.standings import Standing, lock_standing

REWRITTEN = ("status", "subtotal", "discount", "due", "effects", "misses", "returned")
CHANGES: TypeAdapter[Difference] = TypeAdapter(Difference)
STILL_ISSUED = text("""
    SELECT code FROM vouchers WHERE tenant_id = :tenant_id AND code = ANY (:codes)
        AND (status = 'issued' OR used_by = :purchase_id)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What came back: the money to give back in minor units, what was posted, and the purchase as it now is.

    The refund is below zero when a discount that no longer holds was worth more than the goods: so much is still owed.
    """

    id: str
    refund: int
    changes: Difference
    purchase: PurchaseRecord
    program: CompiledProgram | None


def return_purchase(
    db: Session,
    tenant_id: TenantId,
    purchase_id: str,
    lines: Mapping[int, int] | None,
    *,
    at: datetime,
    trace: str | None = None,
) -> Returned:
    """Take units of the lines back (`lines`: how many of each, by its place from zero), or all that is left.

    Points, stamps, vouchers and membership time become what they would be had only the rest been bought, under the
    program of the sale. Raises PurchaseUnknown, NothingToReturn and ReturnTooLarge.
    """
    purchase, standing = lock(db, tenant_id, purchase_id)
    basket = Basket.model_validate_json(purchase.basket)
    gone = units_gone(basket, purchase, lines)
    left = remaining_basket(basket, gone)
    before = effects_from_json(purchase.effects)
    program = program_of(db, purchase)
    decided = decide(program, left, facts_then(db, purchase, before), purchase.occurred_at, used_then(purchase))
    changes = difference(before, decided.effects)
    whole = all(not line.quantity for line in left.lines)
    posting = post_difference(db, purchase, standing, program, changes, at=at)
    if standing is not None and whole:
        posting.books.count_purchase(standing, -1)
    after = posting.with_codes(before, decided.effects)
    refund = purchase.due - decided.totals.due
    rest = rewritten(purchase, decided, after, gone, whole=whole)
    posting.books.postings.tell(posting.event(refund, whole=whole), trace)
    posting.books.close(db)
    keep(db, posting, rest, refund, changes, lines)
    return Returned(id=posting.id, refund=refund, changes=changes, purchase=rest, program=program)


def lock(db: Session, tenant_id: TenantId, purchase_id: str) -> tuple[PurchaseRecord, Standing | None]:
    """The purchase and its customer, both locked: the customer first, as everywhere."""
    customer_id = find_purchase(db, tenant_id, purchase_id).customer_id
    standing = lock_standing(db, tenant_id, customer_id) if customer_id else None
    return find_purchase(db, tenant_id, purchase_id, lock=True), standing


def facts_then(db: Session, purchase: PurchaseRecord, before: Sequence[Effect]) -> CustomerFacts | None:
    """What the rules knew at the sale; but a voucher that it showed in vain, and that is gone by now, stays gone."""
    if purchase.facts == "null":
        return None
    facts = FACTS.validate_json(purchase.facts)
    own = {effect.code for effect in before if isinstance(effect, UseVoucher)}
    others = {voucher.code for voucher in facts.vouchers if not voucher.used} - own
    if not others:
        return facts
    gone = others - set(
        db.scalars(STILL_ISSUED, {"tenant_id": purchase.tenant_id, "codes": sorted(others), "purchase_id": purchase.id})
    )
    return replace(facts, vouchers=tuple(replace(v, used=v.used or v.code in gone) for v in facts.vouchers))


def used_then(purchase: PurchaseRecord) -> Used:
    """What the rules with limits had given at the sale."""
    return USED.validate_json(purchase.used) if purchase.used else NOTHING_USED


def units_gone(basket: Basket, purchase: PurchaseRecord, lines: Mapping[int, int] | None) -> dict[int, int]:
    """The units of each line that are gone once these are.

    Raises ReturnTooLarge when there are not so many left, and NothingToReturn for all that is left of nothing.
    """
    if lines is None:
        if purchase.status == "returned":
            raise NothingToReturn
        return {place: line.quantity for place, line in enumerate(basket.lines)}
    before = {int(place): count for place, count in orjson.loads(purchase.returned or "{}").items()}
    for place, quantity in lines.items():
        bought = basket.lines[place].quantity if place < len(basket.lines) else 0
        left = bought - before.get(place, 0)
        if quantity > left:
            raise ReturnTooLarge(line=place, left=left, returned=quantity)
    return dict(Counter(before) + Counter(lines))


def rewritten(
    purchase: PurchaseRecord, decided: Evaluation, effects: Sequence[Effect], gone: Mapping[int, int], *, whole: bool
) -> PurchaseRecord:
    """The purchase as it is without what came back."""
    return replace(
        purchase,
        status="returned" if whole else "partly_returned",
        subtotal=decided.totals.subtotal,
        discount=decided.totals.discount,
        due=decided.totals.due,
        effects=orjson.dumps(effects_as_json(effects)).decode(),
        misses=MISSES.dump_json(decided.misses).decode(),
        returned=orjson.dumps({str(place): count for place, count in gone.items() if count}).decode(),
    )


def keep(
    db: Session,
    posting: DifferencePosting,
    rest: PurchaseRecord,
    refund: int,
    changes: Difference,
    lines: Mapping[int, int] | None,
) -> None:
    """Write what is left of the purchase, and the return itself."""
    named = (PurchaseRow.tenant_id == rest.tenant_id, PurchaseRow.id == rest.id)
    left = {name: getattr(rest, name) for name in REWRITTEN}
    db.execute(update(PurchaseRow).where(*named).values(**left))
    db.add(
        ReturnRow(
            tenant_id=rest.tenant_id,
            id=posting.id,
            purchase_id=rest.id,
            lines="null" if lines is None else orjson.dumps({str(k): v for k, v in lines.items()}).decode(),
            refund=refund,
            forgiven=posting.forgiven,
            changes=CHANGES.dump_json(changes).decode(),
            recorded_at=posting.at,
        )
    )
    db.flush()
