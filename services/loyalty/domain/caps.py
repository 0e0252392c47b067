"""How much of a unit a customer may have, or earn. Source: docs/rules/caps.md."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from services.loyalty.domain.effects import Accrue, Effect
from services.loyalty.domain.misses import Miss
from services.loyalty.domain.terms import Period, Terms


class Capped(NamedTuple):
    """Effects that keep to the caps, and the rules that got nothing because of them."""

    effects: tuple[Effect, ...]
    misses: tuple[Miss, ...]


def within_caps(effects: Sequence[Effect], terms: Terms, room: Mapping[str, int]) -> Capped:
    """Cut accruals to what a sale may earn and what still has room, or refuse them, as the unit's terms say.

    `room` is how many more units of a kind the customer may get; what is not named has room for everything. The rules
    are served in their order. A cut accrual says what it would have been.
    """
    if not terms.capped_units:
        return Capped(tuple(effects), ())
    left = {unit: most for unit in terms.capped_units if (most := _most(terms, unit, room)) is not None}
    for unit, most in left.items():
        wanted = sum(effect.amount for effect in effects if isinstance(effect, Accrue) and effect.unit == unit)
        if wanted > most and terms.of_unit(unit).over_max == "refuse":
            left[unit] = 0
    kept: list[Effect] = []
    misses: list[Miss] = []
    for effect in effects:
        if not isinstance(effect, Accrue) or effect.unit not in left or effect.amount <= left[effect.unit]:
            kept.append(effect)
            if isinstance(effect, Accrue) and effect.unit in left:
                left[effect.unit] -= effect.amount
            continue
        given = left[effect.unit]
        left[effect.unit] = 0
        if given:
            kept.append(replace(effect, amount=given, capped_from=effect.capped_from or effect.amount))
        else:
            misses.append(Miss(rule=effect.rule, condition="cap", short_by=effect.amount, unit="none"))
    return Capped(tuple(kept), tuple(misses))


def _most(terms: Terms, unit: str, room: Mapping[str, int]) -> int | None:
    limits = [limit for limit in (terms.of_unit(unit).sale_max, room.get(unit)) if limit is not None]
    return max(0, min(limits)) if limits else None


def period_start(period: Period, day: date) -> date:
    """The first day of the day's period; a week begins on Monday."""
    match period:
        case "day":
            return day
        case "week":
            return date.fromordinal(day.toordinal() - day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, day.month - (day.month - 1) % 3, 1)
        case "year":
            return date(day.year, 1, 1)
