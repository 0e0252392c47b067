"""Plays that a rule gives of an instant win. Source: docs/rules/instant-win.md."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.loyalty.domain.customer import InstantWinFacts
from services.loyalty.domain.effects import GivePlays
from services.loyalty.domain.local_day import days_later
from services.loyalty.domain.occasion import Occasion
from services.loyalty.domain.open_now import open_now
from services.loyalty.domain.rules.rule import RuleId

PLAYS_MAX = 100

PlayCount = Annotated[int, Field(strict=True, ge=1, le=PLAYS_MAX)]


class InstantPlays(BaseModel):
    """So many plays of the instant win of that name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    instant_win: RuleId
    plays: PlayCount = 1

    def give(self, rule: str, occasion: Occasion) -> None:
        """Give the customer plays, or say what stands in the way."""
        facts = open_instant_win(rule, self.instant_win, occasion)
        if facts is not None:
            give_plays(rule, self.instant_win, facts, self.plays, occasion)


def open_instant_win(rule: str, instant_win: str, occasion: Occasion) -> InstantWinFacts | None:
    """The instant win, if it was open at the moment and is; else the miss is left."""
    assert occasion.customer is not None
    return open_now(rule, "instant_win", occasion.customer.instant_wins.get(instant_win), occasion)


def give_plays(rule: str, instant_win: str, facts: InstantWinFacts, plays: int, occasion: Occasion) -> None:
    """Give plays of an open instant win. What a play is good for counts from the moment."""
    until = facts.closes_at
    if facts.play_days is not None:
        until = min(until, days_later(occasion.at, facts.play_days, occasion.terms.zone))
    occasion.effects.append(
        GivePlays(rule=rule, instant_win=instant_win, instant_win_id=facts.id, plays=plays, valid_until=until)
    )
