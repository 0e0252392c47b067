"""Explanations: where every unit of a wallet came from, and when it dies."""

from datetime import datetime
from functools import partial

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import LIMIT_DEFAULT, Limit, Page, page_of, place_after
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from services.loyalty.api.holds import HoldDocument
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.api.wallets import BalanceDocument, Unit, document_of
from services.loyalty.domain.explanation import LotStory, Origin, Standing, told
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.queries.balance import balance_of, held_now, holds_of, wallet_of
from services.loyalty.queries.explain import lots_of
from services.loyalty.queries.zone import zone_of

router = APIRouter(prefix="/v1", tags=["wallets"], route_class=TransactionRoute)


class MadeByDocument(BaseModel):
    """What made a lot: a purchase and its rule, as it was called in the version that decided; or something else."""

    kind: Origin
    reference: str
    purchase_id: str | None
    receipt: str | None
    rule: str | None
    rule_name: str | None
    program_id: str | None
    program_version: int | None
    reason: str | None


class UseDocument(BaseModel):
    """Units taken from a lot, by the kind of the ledger's transaction; below zero where a debt was paid."""

    kind: str
    amount: int
    reference: str | None
    at: datetime | None


class LotDocument(BaseModel):
    """Units that came together. `amount` is what is `left` and what was `used`; below zero it is a debt."""

    object: str = "lot"
    id: str
    status: Standing
    amount: int
    left: int
    made_by: MadeByDocument
    earned_at: datetime
    spendable_at: datetime
    awaits: str | None = Field(description="The event it waits for.")
    expires_at: datetime | None
    sliding: bool = Field(description="Whether each visit moves its end.")
    used: dict[str, int] = Field(description="What was taken from it, by kind.")
    latest_uses: list[UseDocument] = Field(description="The last twenty times.")
    texts: list[str]


class Explanation(Page[LotDocument]):
    """A page of the wallet's lots, the newest first, under the balance they add up to.

    What is left of the lots that have not expired adds up to `balance.balance`, those that are pending to
    `balance.pending`.
    """

    balance: BalanceDocument
    holds: list[HoldDocument]


@router.get(
    "/customers/{customer_id}/balance/explain",
    dependencies=[needs("points:read")],
    responses=problems(NoSuchCustomer),
)
def explain_balance(
    customer_id: KnownCustomer,
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    unit: Unit = "points",
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Explanation:
    """Which purchase and which rule made every lot, what took from it, and when the rest dies."""
    before = place_after(request, cursor)
    wallet = wallet_of(db, caller.tenant_id, customer_id, unit)
    held = held_now(db, wallet, now) if wallet else 0
    stories = lots_of(db, wallet, before=before, limit=limit + 1) if wallet else []
    zone = zone_of(db, caller.tenant_id)
    item = partial(document, tell=partial(told, at=now, zone=zone, language=caller.language), now=now, caller=caller)
    page = page_of(request, stories, limit, lambda story: story.lot.id, item)
    return Explanation(
        **dict(page),
        balance=document_of(customer_id, balance_of(db, wallet, unit, held=held, at=now), now),
        holds=[HoldDocument.model_validate(hold) for hold in holds_of(db, wallet, now)] if wallet else [],
    )


def document(story: LotStory, *, tell: partial[list[str]], now: datetime, caller: CurrentCaller) -> LotDocument:
    """A lot's story as the API answers it."""
    name = story.rule_name.in_language(caller.language) if story.rule_name else None
    return LotDocument(
        id=story.lot.id,
        status=story.standing(now),
        amount=story.amount,
        left=story.lot.remaining,
        made_by=MadeByDocument(
            kind=story.origin,
            reference=story.reference,
            purchase_id=story.purchase_id,
            receipt=story.receipt,
            rule=story.rule,
            rule_name=name,
            program_id=story.program_id,
            program_version=story.version,
            reason=story.reason,
        ),
        earned_at=story.lot.earned_at,
        spendable_at=story.lot.spendable_at,
        awaits=story.awaits,
        expires_at=story.lot.expires_at,
        sliding=story.sliding,
        used={use.kind: use.amount for use in story.uses},
        latest_uses=[
            UseDocument(kind=use.kind, amount=use.amount, reference=use.reference, at=use.at) for use in story.latest
        ],
        texts=tell(story),
    )
