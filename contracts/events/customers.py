"""What customers tells. No event carries a name, a phone number or an address: who needs them asks at that moment."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.event import Event
from kernel.ids import CustomerId


class CustomerFacts(Event):
    """The facts of a customer that other services may keep a copy of; `version` grows by one with each change.

    Of a birthday the month and the day, never the year. Events from before these were told have neither.
    """

    customer_id: CustomerId
    version: int
    language: Literal["en", "ar"]
    status: Literal["active", "blocked"] = "active"
    birthday_month_day: Annotated[str, Field(pattern=r"^[0-9]{2}-[0-9]{2}$")] | None = None
    joined_at: datetime | None = None


class CustomerCreated(CustomerFacts):
    """The tenant knows one customer more."""

    event_type: ClassVar[str] = "customers.customer_created.v1"


class CustomerChanged(CustomerFacts):
    """Something about the customer changed; the facts are the new ones."""

    event_type: ClassVar[str] = "customers.customer_changed.v1"


class ConsentChanged(Event):
    """A customer allowed or forbade a use of one channel."""

    event_type: ClassVar[str] = "customers.consent_changed.v1"

    customer_id: CustomerId
    purpose: Literal["service", "marketing"]
    channel: Literal["email", "sms", "whatsapp", "push"]
    granted: bool
