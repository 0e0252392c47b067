"""Something a customer did that is no purchase. Source: docs/rules/activity.md."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from services.loyalty.domain.basket import Label
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.occasion import Occasion
from services.loyalty.domain.tally import NOTHING_USED, Used
from services.loyalty.domain.terms import Terms
from services.loyalty.domain.written import ONE_LINE, Moment

ATTRIBUTES_MAX = 50
WHOLE_MAX = 10**15

ActivityKind = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
AttributeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
AttributeText = Annotated[str, StringConstraints(max_length=200, pattern=ONE_LINE)]
WholeNumber = Annotated[StrictInt, Field(ge=-WHOLE_MAX, le=WHOLE_MAX)]
AttributeValue = StrictBool | WholeNumber | AttributeText


class Activity(BaseModel):
    """A customer did something of this kind at that moment. Kind and `external_id` name it, and that never expires.

    Attributes are text, whole numbers and yes or no.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    customer_id: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=ONE_LINE)]
    kind: ActivityKind
    external_id: Label
    occurred_at: Moment
    attributes: Annotated[dict[AttributeName, AttributeValue], Field(max_length=ATTRIBUTES_MAX)] = {}


class Deed(Occasion):
    """An activity while a program's rules look at it."""

    def __init__(
        self, terms: Terms, activity: Activity, customer: CustomerFacts, at: datetime, used: Used = NOTHING_USED
    ) -> None:
        super().__init__(terms, customer, at, used)
        self.activity = activity

    def attribute(self, name: str) -> AttributeValue | None:
        """What the activity says; None where it says nothing."""
        return self.activity.attributes.get(name)
