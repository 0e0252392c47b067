"""Consents: what a customer allows, by purpose and channel."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from kernel.ids import CustomerId, TenantId
from services.customers.api.fields import ShortLine, Wish, Wording
from services.customers.domain.consent import CHANNELS, PURPOSES, Channel, Purpose, Said, granted_by_default
from services.customers.domain.refusals import CustomerMissing
from services.customers.operations.record_consent import record_consent
from services.customers.queries.consents import consent_history, current_consents
from services.customers.tables.consents import ConsentRow
from services.customers.tables.customers import get_customer

router = APIRouter(prefix="/v1/customers/{customer_id}/consents", tags=["customers"], route_class=TransactionRoute)


class ConsentWish(Wish):
    """What the customer said."""

    purpose: Purpose = Field(description="`service` is about their own purchases, `marketing` is everything else.")
    channel: Channel
    granted: bool
    source: ShortLine = Field(description="Where they said it.", examples=["till", "app", "web_form"])
    wording: Wording | None = Field(default=None, description="The sentence they were shown, word for word.")

    def said(self) -> Said:
        """The domain's value."""
        return Said(**self.model_dump())


class Consent(BaseModel):
    """Whether one use of one channel is allowed. `source` is null while the customer has not spoken."""

    purpose: Purpose
    channel: Channel
    granted: bool
    source: str | None
    wording: str | None
    recorded_at: datetime | None


class Consents(BaseModel):
    """What holds now for every purpose and channel, and what was said, the latest first (at most 100)."""

    object: Literal["consents"] = "consents"
    customer_id: CustomerId
    current: list[Consent]
    history: list[Consent]


@router.get("", dependencies=[needs("customers:read")], responses=problems(CustomerMissing))
def read_consents(customer_id: CustomerId, db: Transaction, caller: CurrentCaller) -> Consents:
    """Read what a customer allows, and how that came about."""
    get_customer(db, caller.tenant_id, customer_id)
    return consents_of(db, caller.tenant_id, customer_id)


@router.put("", dependencies=[needs("customers:write")], responses=problems(CustomerMissing))
def set_consent(
    customer_id: CustomerId, wish: ConsentWish, db: Transaction, caller: CurrentCaller, now: Now
) -> Consents:
    """Write down what a customer allowed or forbade. Saying the same again changes nothing."""
    record_consent(db, caller.tenant_id, customer_id, wish.said(), actor=caller.actor, at=now)
    return consents_of(db, caller.tenant_id, customer_id)


def consents_of(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> Consents:
    """All of a customer's consents."""
    known = current_consents(db, tenant_id, customer_id)
    return Consents(
        customer_id=customer_id,
        current=[
            consent_of(known[purpose, channel]) if (purpose, channel) in known else by_default(purpose, channel)
            for purpose in PURPOSES
            for channel in CHANNELS
        ],
        history=[consent_of(row) for row in consent_history(db, tenant_id, customer_id)],
    )


def consent_of(row: ConsentRow) -> Consent:
    """What was said, as the API shows it."""
    return Consent.model_validate(row, from_attributes=True)


def by_default(purpose: Purpose, channel: Channel) -> Consent:
    """What holds while the customer has not spoken."""
    granted = granted_by_default(purpose)
    return Consent(purpose=purpose, channel=channel, granted=granted, source=None, wording=None, recorded_at=None)
