"""What a voucher is good for."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.loyalty.domain.basket import MONEY_MAX, Label
from services.loyalty.domain.local_day import day_end, local_date
from services.loyalty.domain.name import Name
from services.loyalty.domain.percent import Percent
from services.loyalty.domain.selector import EVERYTHING, Selector


class RewardDocument(BaseModel):
    """What all rewards say. Without `valid_days` the voucher never ends; with 0 it ends with its first day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    valid_days: Annotated[int, Field(strict=True, ge=0, le=3660)] | None = None

    def valid_until(self, issued_at: datetime, zone: ZoneInfo) -> datetime | None:
        """The moment from which a voucher issued then is no longer taken: the end of its last local day."""
        if self.valid_days is None:
            return None
        return day_end(local_date(issued_at, zone) + timedelta(days=self.valid_days), zone)


class FreeItem(RewardDocument):
    """One unit of what the selector selects, free: the cheapest in the basket."""

    kind: Literal["free_item"]
    selector: Selector = EVERYTHING


class AmountOff(RewardDocument):
    """Money off the selected lines, in minor units, as far as there is something to pay."""

    kind: Literal["amount_off"]
    amount: Annotated[int, Field(strict=True, gt=0, le=MONEY_MAX)]
    selector: Selector = EVERYTHING


class PercentOff(RewardDocument):
    """A percentage off what is left to pay for the selected lines."""

    kind: Literal["percent_off"]
    percent_off: Percent
    selector: Selector = EVERYTHING


Reward = Annotated[FreeItem | AmountOff | PercentOff, Field(discriminator="kind")]


class Goods(RewardDocument):
    """Something that is handed over or sent; no voucher. `sku` is what the shop calls it."""

    kind: Literal["goods"]
    sku: Label


Benefit = Annotated[FreeItem | AmountOff | PercentOff | Goods, Field(discriminator="kind")]


REWARD: TypeAdapter[Reward] = TypeAdapter(Reward)
