"""What a program does to a basket. Effects are stored with the purchase; a return is worked out from them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from services.loyalty.domain.misses import MissUnit
from services.loyalty.domain.reward import Reward
from services.loyalty.domain.value import value


@value(frozen=True, slots=True, kw_only=True)
class Piece:
    """The part of a discount that falls on one line. `line` counts from zero."""

    line: int
    quantity: int
    amount: int


@value(frozen=True, slots=True, kw_only=True)
class Discount:
    """Money off. The pieces add up to the amount, in minor units. `capped_from` is what it would be without its cap."""

    kind: Literal["discount"] = "discount"
    rule: str
    amount: int
    pieces: tuple[Piece, ...]
    code: str | None = None
    capped_from: int | None = None


@value(frozen=True, slots=True, kw_only=True)
class Give:
    """Units to hand over free, beside those in the basket."""

    kind: Literal["give"] = "give"
    rule: str
    sku: str
    name: str
    quantity: int


@value(frozen=True, slots=True, kw_only=True)
class UseVoucher:
    """A voucher was taken in. The pieces add up to the amount, in minor units."""

    kind: Literal["use_voucher"] = "use_voucher"
    code: str
    amount: int
    pieces: tuple[Piece, ...]


@value(frozen=True, slots=True, kw_only=True)
class UseCoupon:
    """A coupon was used: a rule that asks for its campaign did something. `code` is in its plain form."""

    kind: Literal["use_coupon"] = "use_coupon"
    code: str
    written: str
    campaign: str


@value(frozen=True, slots=True, kw_only=True)
class Accrue:
    """Units for the customer's wallet: `amount` of them for `base` minor units of money.

    `capped_from` is what it would be without its rule's limit and the unit's caps.
    """

    kind: Literal["accrue"] = "accrue"
    rule: str
    unit: str
    amount: int
    base: int
    spendable_at: datetime
    expires_at: datetime | None
    capped_from: int | None = None


@value(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Marks on a stamp card. `on_card` is what it shows afterwards, `filled` how many times it was filled."""

    kind: Literal["stamp"] = "stamp"
    rule: str
    card: str
    stamps: int
    needed: int
    filled: int
    on_card: int


@value(frozen=True, slots=True, kw_only=True)
class IssueVoucher:
    """A voucher for the customer, for a stamp card that was filled or without one.

    Whoever records the effect gives it its code: a rule knows no randomness.
    """

    kind: Literal["issue_voucher"] = "issue_voucher"
    rule: str
    card: str | None = None
    reward: Reward
    valid_until: datetime | None
    code: str | None = None


@value(frozen=True, slots=True, kw_only=True)
class ExtendMembership:
    """Time on a membership, bought and given. `price` is what is paid for it, in minor units."""

    kind: Literal["extend_membership"] = "extend_membership"
    rule: str
    plan: str
    paid_months: int
    bonus_months: int
    price: int = 0


@value(frozen=True, slots=True, kw_only=True)
class IssuePass:
    """So many passes for the customer, each of so many entries on a plan, good until just before `valid_until`."""

    kind: Literal["issue_pass"] = "issue_pass"
    rule: str
    plan: str
    passes: int
    entries: int
    valid_until: datetime | None


@value(frozen=True, slots=True, kw_only=True)
class EnterDraw:
    """Entries in a draw. `capped_from` is how many it would be without what the draw allows a customer."""

    kind: Literal["enter_draw"] = "enter_draw"
    rule: str
    draw: str
    draw_id: str
    entries: int
    capped_from: int | None = None


@value(frozen=True, slots=True, kw_only=True)
class GivePlays:
    """Plays of an instant win, good until just before `valid_until`."""

    kind: Literal["give_plays"] = "give_plays"
    rule: str
    instant_win: str
    instant_win_id: str
    plays: int
    valid_until: datetime


@value(frozen=True, slots=True, kw_only=True)
class Step:
    """What a sale adds to one of the counters of a challenge."""

    counter: str
    amount: int


@value(frozen=True, slots=True, kw_only=True)
class Advance:
    """A step towards the goal of a challenge. `done` of `goal` of the unit were reached with this sale.

    `wallet` is the wallet's unit where units of one are counted.
    """

    kind: Literal["advance"] = "advance"
    rule: str
    steps: tuple[Step, ...]
    done: int
    goal: int
    unit: MissUnit
    wallet: str | None = None


@value(frozen=True, slots=True, kw_only=True)
class Achieve:
    """A challenge was met in the period that begins that day. What else the rule gives is its award."""

    kind: Literal["achieve"] = "achieve"
    rule: str
    starts_on: date


@value(frozen=True, slots=True, kw_only=True)
class Pay:
    """Units of a wallet that pay for `amount` minor units. `owner` is the customer, or the gift card.

    `units_sold`, `amount_sold` and `due_sold` are as they were at the sale, whatever came back since; `burn` is the
    transaction of the ledger that took the units; `allowance` the one that a till took them on.
    """

    kind: Literal["pay"] = "pay"
    tender: str
    owner: str
    unit: str
    units: int
    amount: int
    units_sold: int
    amount_sold: int
    due_sold: int
    burn: str = ""
    allowance: str | None = None


Effect = Annotated[
    Discount
    | Give
    | UseVoucher
    | UseCoupon
    | Accrue
    | Stamp
    | IssueVoucher
    | ExtendMembership
    | IssuePass
    | EnterDraw
    | GivePlays
    | Advance
    | Achieve
    | Pay,
    Field(discriminator="kind"),
]

EFFECTS: TypeAdapter[tuple[Effect, ...]] = TypeAdapter(tuple[Effect, ...])


def effects_as_json(effects: Iterable[Effect]) -> list[dict[str, Any]]:
    """The effects as plain JSON values, as the API answers and the purchase stores them."""
    return EFFECTS.dump_python(tuple(effects), mode="json")  # type: ignore[no-any-return]


def effects_from_json(stored: str | bytes) -> tuple[Effect, ...]:
    """The effects a purchase was stored with."""
    return EFFECTS.validate_json(stored)
