"""An award for many customers at once. Source: docs/rules/award-batches.md."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from kernel.language import Text
from services.loyalty.domain.award import Award
from services.loyalty.domain.name import Name
from services.loyalty.domain.refusals.customers import CustomerBlocked, CustomerUnknown

LISTED_MAX: Final = 10_000
SEGMENT_MAX: Final = 100_000

BatchStatus = Literal["running", "done", "cancelled"]
LineStatus = Literal["waiting", "given", "skipped"]


class BatchTerms(BaseModel):
    """What each customer of a batch is given, and what for, in the words they are told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    award: Award


# Why a customer of a batch is given nothing.
PROBLEMS: Final[dict[str, Text]] = {
    CustomerUnknown.code: CustomerUnknown.title,
    CustomerBlocked.code: CustomerBlocked.title,
    "customer_repeated": Text(en="The customer is in an earlier line", ar="العميل مذكور في سطر سابق"),
    "no_room": Text(en="The wallet has no room for it", ar="لا يتسع لها الرصيد"),
}
