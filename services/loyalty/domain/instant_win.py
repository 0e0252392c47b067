"""What an instant win promises before it opens: its prizes, their chances, its limits.

Source: docs/rules/instant-win.md.
"""

import json
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.loyalty.domain.award import Award
from services.loyalty.domain.basket import MONEY_MAX
from services.loyalty.domain.name import Name
from services.loyalty.domain.period import Period
from services.loyalty.domain.rules.rule import RuleId
from services.loyalty.domain.written import Moment

CHANCES_MAX = 1_000_000_000
PLAYS_MAX = 1000

Chances = Annotated[int, Field(strict=True, ge=1, le=CHANCES_MAX)]


class InstantPrize(BaseModel):
    """Something to win, `chances` times in as many as the terms say it is out of.

    There are `stock` of it, or no end to it. Who wins it is given the `award`; without one it is a thing that the staff
    hands over. `worth` is what one costs the house, in minor units.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    chances: Chances
    stock: Annotated[int, Field(strict=True, ge=1, le=CHANCES_MAX)] | None = None
    award: Award | None = None
    worth: Annotated[int, Field(strict=True, ge=0, le=MONEY_MAX)] | None = None


class WinsLimit(BaseModel):
    """A customer wins at most so often in a period by the shop's calendar, or at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_most: Annotated[int, Field(strict=True, ge=1, le=PLAYS_MAX)]
    per: Period | Literal["ever"] = "ever"


class InstantWinTerms(BaseModel):
    """All that is promised of an instant win. `instant_win` is what rules call it.

    It is played from `opens_at` until just before `closes_at`. Of `out_of` chances each prize has its own, and what no
    prize has wins nothing. Prizes are won up to a `budget` of their worth. A play is good for `play_days` of the shop,
    or as long as the instant win is open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instant_win: RuleId
    name: Name
    opens_at: Moment
    closes_at: Moment
    out_of: Chances
    prizes: Annotated[tuple[InstantPrize, ...], Field(min_length=1, max_length=50)]
    wins_per_customer: WinsLimit | None = None
    budget: Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)] | None = None
    play_days: Annotated[int, Field(strict=True, ge=1, le=366)] | None = None

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Self:
        if self.closes_at <= self.opens_at:
            raise ValueError("the instant win closes before it opens")
        return self

    @model_validator(mode="after")
    def _has_chances_enough(self) -> Self:
        if sum(prize.chances for prize in self.prizes) > self.out_of:
            raise ValueError("the prizes have more chances than there are")
        return self

    @model_validator(mode="after")
    def _knows_what_its_budget_is_for(self) -> Self:
        if self.budget is not None and any(prize.worth is None for prize in self.prizes):
            raise ValueError("under a budget every prize says what it is worth")
        return self

    def worth_of(self, prize: int) -> int:
        """What a prize costs the house."""
        return self.prizes[prize].worth or 0

    def as_text(self) -> str:
        """The terms as they are announced: JSON with sorted keys and no blanks, which can be written in one way."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
