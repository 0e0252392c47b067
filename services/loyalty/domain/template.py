"""Programs a merchant can start from, each with visits that show what it does. Source: docs/rules/templates.md."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.loyalty.domain.basket import LINES_MAX, Amount, Channel, Code, Label, Line
from services.loyalty.domain.name import Name
from services.loyalty.domain.program import ProgramDocument
from services.loyalty.domain.reward import Reward
from services.loyalty.domain.written import Moment

TemplateId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{3,40}$")]


class TemplatePart(BaseModel):
    """What all parts of a template share."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TemplateReward(TemplatePart):
    """A reward to put into the catalogue beside the program, and its price in units; in some tiers another."""

    unit: str
    price: Annotated[int, Field(gt=0)]
    tier_prices: dict[str, Annotated[int, Field(gt=0)]] = {}
    benefit: Reward


class Outcome(TemplatePart):
    """What comes of a visit: money to pay in minor units, units earned, what each card then shows, what is given.

    `entries` are those of the passes sold, `tier` the one that the customer is in afterwards.
    """

    due: Amount
    units: dict[str, int] = {}
    cards: dict[str, int] = {}
    vouchers: int = 0
    paid_months: int = 0
    bonus_months: int = 0
    entries: int = 0
    gifts: dict[str, int] = {}
    tier: str | None = None


class Visit(TemplatePart):
    """A basket at a moment; with `shows_vouchers`, of a customer who shows those of earlier visits."""

    at: Moment
    store_id: Label = "store-1"
    channel: Channel = "store"
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=LINES_MAX)]
    codes: tuple[Code, ...] = ()
    shows_vouchers: bool = False
    expect: Outcome


class Example(TemplatePart):
    """One customer's visits, in order, and what each brings."""

    name: Name
    visits: Annotated[tuple[Visit, ...], Field(min_length=1)]


class ProgramTemplate(TemplatePart):
    """A program document ready to be drafted, rewards that go with it, and examples that hold."""

    id: TemplateId
    name: Name
    summary: Name
    document: ProgramDocument
    rewards: tuple[TemplateReward, ...] = ()
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]
