"""What a customer has beside units: stamp cards, vouchers, purchases."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.api.purchase_documents import PurchaseDocument, purchase_document
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.reward import REWARD, Reward
from services.loyalty.domain.rules.stamp_card import StampCard
from services.loyalty.domain.voucher_code import displayed
from services.loyalty.queries.holdings import stamp_cards_of, vouchers_of
from services.loyalty.queries.program_shelf import SHELF, program_of
from services.loyalty.queries.purchases import purchases_of
from services.loyalty.queries.vouchers import voucher_status
from services.loyalty.tables.vouchers import VoucherRow

router = APIRouter(prefix="/v1/customers/{customer_id}", tags=["holdings"], route_class=TransactionRoute)


class StampCardDocument(BaseModel):
    """A card: what it shows, how many it takes (null when no live rule stamps it), how often it was filled."""

    object: str = "stamp_card"
    card: str
    name: dict[str, str] | None
    stamps: int
    stamps_needed: int | None
    filled: int


class VoucherDocument(BaseModel):
    """A voucher: `status` is issued, reserved, used, revoked, or expired by the clock."""

    object: str = "voucher"
    id: str
    customer_id: str
    code: str
    code_displayed: str
    benefit: Reward
    status: str
    issued_at: datetime
    valid_until: datetime | None
    reserved_until: datetime | None
    used_by: str | None


class All(BaseModel):
    """A list that has one page."""

    object: str = "list"
    next_cursor: str | None = None
    has_more: bool = False


class StampCards(All):
    """The customer's cards."""

    data: list[StampCardDocument]


@router.get("/stamp_cards", dependencies=[needs("points:read")], responses=problems(NoSuchCustomer))
def read_stamp_cards(customer_id: KnownCustomer, db: Transaction, caller: CurrentCaller) -> StampCards:
    """The customer's stamp cards."""
    program = SHELF.live(db, caller.tenant_id)
    rules = {rule.card: rule for rule in program.document.rules if isinstance(rule, StampCard)} if program else {}
    cards = stamp_cards_of(db, caller.tenant_id, customer_id)
    return StampCards(
        data=[
            StampCardDocument(
                card=card.card,
                name=rules[card.card].name.model_dump() if card.card in rules else None,
                stamps=card.stamps,
                stamps_needed=rules[card.card].stamps_needed if card.card in rules else None,
                filled=card.filled,
            )
            for card in cards
        ]
    )


@router.get("/vouchers", dependencies=[needs("rewards:read")], responses=problems(NoSuchCustomer))
def read_vouchers(
    customer_id: KnownCustomer,
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
) -> Page[VoucherDocument]:
    """The customer's vouchers, the newest first."""
    vouchers = vouchers_of(db, caller.tenant_id, customer_id, after=page.after, limit=page.rows_max)
    return page.of(vouchers, lambda row: voucher_document(row, now))


@router.get(
    "/purchases",
    dependencies=[needs("purchases:read")],
    response_model=Page[PurchaseDocument],
    responses=problems(NoSuchCustomer),
)
def read_purchases(
    customer_id: KnownCustomer,
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
) -> Page[dict[str, Any]]:
    """The customer's purchases, the newest first."""
    purchases = purchases_of(db, caller.tenant_id, customer_id, after=page.after, limit=page.rows_max)
    return page.of(purchases, lambda purchase: purchase_document(purchase, program_of(db, purchase), caller.language))


def voucher_document(voucher: VoucherRow, now: datetime) -> VoucherDocument:
    """A voucher as it is by the clock."""
    status = voucher_status(voucher, now)
    return VoucherDocument(
        id=voucher.id,
        customer_id=voucher.customer_id,
        code=voucher.code,
        code_displayed=displayed(voucher.code),
        benefit=REWARD.validate_json(voucher.benefit),
        status=status,
        issued_at=voucher.issued_at,
        valid_until=voucher.valid_until,
        reserved_until=voucher.reserved_until if status == "reserved" else None,
        used_by=voucher.used_by,
    )
