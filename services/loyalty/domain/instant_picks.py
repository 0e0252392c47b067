"""What a play draws: a function of the secret and the play's id, and of nothing else; and what it wins by that.

Source: docs/rules/instant-win.md; rejection sampling as in NIST SP 800-90A revision 1, A.5.1.
"""

import hmac
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Literal

from services.loyalty.domain.draw_picks import below
from services.loyalty.domain.instant_win import InstantWinTerms

Outcome = Literal["won", "nothing", "limit_reached", "out_of_stock", "budget_spent"]


def numbers_of(secret: bytes, play_id: str) -> Iterator[int]:
    """The numbers below 2**256 of a play, without an end: each is the HMAC of the one before, the first of the id."""
    last = play_id.encode()
    while True:
        last = hmac.digest(secret, last, "sha256")
        yield int.from_bytes(last)


def prize_at(chance: int, terms: InstantWinTerms) -> int | None:
    """The prize that has this of the chances, counted from zero: the first prize has the first; None for nothing."""
    place = bisect_right([*accumulate(prize.chances for prize in terms.prizes)], chance)
    return place if place < len(terms.prizes) else None


def drawn_by(secret: bytes, play_id: str, terms: InstantWinTerms) -> int | None:
    """The prize that a play draws, by its place in the terms; None for nothing."""
    return prize_at(below(terms.out_of, numbers_of(secret, play_id)), terms)


def kept_back(terms: InstantWinTerms, prize: int, won: Sequence[int]) -> Outcome:
    """What becomes of a drawn prize, of each of which so many were won before: the house may not have it any more."""
    stock = terms.prizes[prize].stock
    if stock is not None and won[prize] >= stock:
        return "out_of_stock"
    spent = sum(terms.worth_of(place) * count for place, count in enumerate(won))
    if terms.budget is not None and spent + terms.worth_of(prize) > terms.budget:
        return "budget_spent"
    return "won"
