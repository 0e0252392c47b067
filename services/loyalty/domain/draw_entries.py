"""Entries that a rule gives in a draw. Source: docs/rules/draws.md."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.loyalty.domain.customer import DrawFacts
from services.loyalty.domain.effects import EnterDraw
from services.loyalty.domain.occasion import Occasion
from services.loyalty.domain.open_now import open_now
from services.loyalty.domain.rules.rule import RuleId

EntryCount = Annotated[int, Field(strict=True, ge=1, le=1000)]


class DrawEntries(BaseModel):
    """So many entries in the draw of that name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draw: RuleId
    entries: EntryCount = 1

    def give(self, rule: str, occasion: Occasion) -> None:
        """Enter the customer, or say what stands in the way."""
        facts = open_draw(rule, self.draw, occasion)
        if facts is not None:
            enter(rule, self.draw, facts, self.entries, occasion)


def open_draw(rule: str, draw: str, occasion: Occasion) -> DrawFacts | None:
    """The draw, if it was open at the moment and is; else the miss is left."""
    assert occasion.customer is not None
    return open_now(rule, "draw", occasion.customer.draws.get(draw), occasion)


def enter(rule: str, draw: str, facts: DrawFacts, earned: int, occasion: Occasion) -> None:
    """Enter the customer with what was earned, as far as the open draw leaves them any."""
    entries = earned
    if facts.left is not None:
        before = [effect for effect in occasion.effects if isinstance(effect, EnterDraw) and effect.draw == draw]
        entries = min(earned, facts.left - sum([effect.entries for effect in before]))
    if entries <= 0:
        occasion.miss(rule, "draw_entries")
        return
    occasion.effects.append(
        EnterDraw(
            rule=rule,
            draw=draw,
            draw_id=facts.id,
            entries=entries,
            capped_from=earned if entries < earned else None,
        )
    )
