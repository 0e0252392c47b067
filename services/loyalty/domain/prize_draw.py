"""What a draw promises before it opens: its prizes, its times, its limits. Source: docs/rules/draws.md."""

import json
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from services.loyalty.domain.award import Award
from services.loyalty.domain.name import Name
from services.loyalty.domain.rules.rule import RuleId
from services.loyalty.domain.written import Moment, Words

# Prizes and alternates together: so many are picked at the most.
PICKS_MAX = 1000
ENTRIES_MAX = 1_000_000

Entries = Annotated[int, Field(strict=True, ge=1, le=ENTRIES_MAX)]


class Prize(BaseModel):
    """A thing to win, and how many there are of it; who claims it is given the `award`, if it says one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    count: Annotated[int, Field(strict=True, ge=1, le=PICKS_MAX)] = 1
    award: Award | None = None


class DrawTerms(BaseModel):
    """All that is promised of a draw. `draw` is what rules call it.

    Entries count from `opens_at` until just before `closes_at`. `beacon` says which public value, unknown before
    closing, will be mixed in. Who does not claim within `claim_days` of the shop forfeits; without them nobody has to.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    draw: RuleId
    name: Name
    opens_at: Moment
    closes_at: Moment
    prizes: Annotated[tuple[Prize, ...], Field(min_length=1, max_length=20)]
    alternates: Annotated[int, Field(strict=True, ge=0, le=PICKS_MAX)] = 0
    one_win_per_customer: StrictBool = True
    entries_per_customer: Entries | None = None
    beacon: Words | None = None
    claim_days: Annotated[int, Field(strict=True, ge=1, le=366)] | None = None

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Self:
        if self.closes_at <= self.opens_at:
            raise ValueError("the draw closes before it opens")
        return self

    @model_validator(mode="after")
    def _picks_a_few(self) -> Self:
        if self.picks > PICKS_MAX:
            raise ValueError(f"at most {PICKS_MAX} prizes and alternates")
        return self

    @property
    def prize_of_slot(self) -> list[int]:
        """Each thing to win by itself: the place of its prize in the list, the first prize first."""
        return [place for place, prize in enumerate(self.prizes) for _ in range(prize.count)]

    @property
    def picks(self) -> int:
        """How many are picked when there are enough to pick from."""
        return sum(prize.count for prize in self.prizes) + self.alternates

    def as_text(self) -> str:
        """The terms as they are sealed: JSON with sorted keys and no blanks, so that it can be written in one way."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
