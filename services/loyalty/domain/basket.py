"""What the till sent."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.loyalty.domain.written import ONE_LINE, Moment

LINES_MAX = 500
QUANTITY_MAX = 1_000_000
MONEY_MAX = 10**13
BY_POINTS = "points"  # the kind of tender that is units of the customer's wallet

Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=ONE_LINE)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=ONE_LINE)]
Amount = Annotated[int, Field(strict=True, ge=0, le=MONEY_MAX)]
Channel = Literal["store", "online", "app", "phone"]
LineKind = Literal["article", "shipping", "gift_card"]


class Line(BaseModel):
    """Units of one article at one price. Money is in minor units of the basket's currency.

    `discount` and `tax` are for the whole line. Prices include the tax; the discount is what the till itself took off.
    A till sends at least one unit; a line that was wholly returned stays in its place with none (see `remaining`).
    `kind` says whether it is an article, delivery, or a gift card that is sold: rules look at articles unless they say
    otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: Label
    name: Annotated[str, StringConstraints(max_length=200, pattern=ONE_LINE)] = ""
    categories: Annotated[tuple[Label, ...], Field(max_length=20)] = ()
    quantity: Annotated[int, Field(strict=True, ge=1, le=QUANTITY_MAX)]
    unit_price: Amount
    discount: Amount = 0
    tax: Amount = 0
    kind: LineKind = "article"

    @property
    def subtotal(self) -> int:
        """The units at their price, before any discount."""
        return self.quantity * self.unit_price

    @property
    def total(self) -> int:
        """What the till asks for the line."""
        return self.quantity * self.unit_price - self.discount


class Tender(BaseModel):
    """One way the basket was paid, and how much of it: of money handed over, without the change.

    `points`, and `gift_card` with a `code` of ours, are taken from their wallets; `points` that were taken without a
    connection from what the customer's `allowance` set aside.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Label
    amount: Amount
    code: Code | None = None
    allowance: Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=ONE_LINE)] | None = None


class Choice(BaseModel):
    """What the customer chose where a rule leaves the choice to them: units of an article, to have at its offer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Label
    sku: Label
    quantity: Annotated[int, Field(strict=True, ge=1, le=QUANTITY_MAX)] = 1


class Basket(BaseModel):
    """A purchase as the till tells it, and the body of a quote. Its order of lines means nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    customer_id: Label | None = None
    store_id: Label
    till_id: Label | None = None
    channel: Channel = "store"
    external_id: Label
    occurred_at: Moment
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=LINES_MAX)]
    tenders: Annotated[tuple[Tender, ...], Field(max_length=20)] = ()
    codes: Annotated[tuple[Code, ...], Field(max_length=20)] = ()
    choices: Annotated[tuple[Choice, ...], Field(max_length=20)] = ()
    quote_id: Label | None = None
    reservation_id: Label | None = None

    # Checked once for the basket: a validator on every line would cost more than the rest of the parse.
    @model_validator(mode="after")
    def _has_possible_amounts(self) -> Self:
        subtotal = 0
        for number, line in enumerate(self.lines):
            cost = line.quantity * line.unit_price
            if line.discount + line.tax > cost:
                raise ValueError(f"lines[{number}]: the discount and the tax are more than the units cost")
            subtotal += cost
        if subtotal > MONEY_MAX:
            raise ValueError(f"a basket costs at most {MONEY_MAX} minor units")
        if any(tender.allowance for tender in self.tenders):
            self._check_allowance()
        return self

    def _check_allowance(self) -> None:
        if [bool(tender.allowance) for tender in self.tenders if tender.kind == BY_POINTS or tender.allowance] != [
            True
        ]:
            raise ValueError("an allowance pays alone, without others and without points beside it")
        if any(tender.allowance and tender.kind != BY_POINTS for tender in self.tenders):
            raise ValueError("an allowance is shown with a tender of the kind points")

    @property
    def subtotal(self) -> int:
        """All units at their price, before any discount."""
        return sum([line.subtotal for line in self.lines])
