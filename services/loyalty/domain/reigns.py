"""Which version of a program decided sales at a moment. Source: docs/rules/programs.md."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class Reign(NamedTuple):
    """A version of a program, and the time in which it decides sales: from `began_at` until just before `ended_at`."""

    program_id: str
    version: int
    began_at: datetime
    ended_at: datetime | None = None


def reign_at(reigns: Sequence[Reign], at: datetime) -> Reign | None:
    """The version that decided at that moment; none in a gap between two programs.

    Before the first of all it is the one that decides now: a shop that brings its past along starts with it.
    """
    if not reigns:
        return None
    begun = [reign for reign in reigns if reign.began_at <= at]
    if not begun:
        latest = max(reigns, key=_beginning)
        return None if latest.ended_at else latest
    latest = max(begun, key=_beginning)
    return None if latest.ended_at and latest.ended_at <= at else latest


def _beginning(reign: Reign) -> tuple[datetime, int]:
    return reign.began_at, reign.version
