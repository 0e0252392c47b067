"""Who wins a draw: a function of the seed, the entries and the beacon, and of nothing else.

Source: docs/rules/draws.md; rejection sampling as in NIST SP 800-90A revision 1, A.5.1.
"""

import hmac
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from itertools import count as counting
from typing import NamedTuple

NUMBERS = 2**256


class Pick(NamedTuple):
    """An entry that was picked: the `ticket`th of the `left` ones then, counted from zero, and the entrant's `nth`."""

    ticket: int
    left: int
    entrant: str
    nth: int


def numbers_from(seed: bytes, entries_hash: bytes, beacon: str) -> Iterator[int]:
    """Numbers below NUMBERS without an end. Nobody who lacks one of the three can tell any of them."""
    key = hmac.digest(seed, entries_hash + beacon.encode(), "sha256")
    for turn in counting():
        yield int.from_bytes(hmac.digest(key, str(turn).encode(), "sha256"))


def below(bound: int, numbers: Iterator[int], numbers_max: int = NUMBERS) -> int:
    """A number below `bound`, each as likely as the others: one from the uneven end is thrown away for the next."""
    even = numbers_max - numbers_max % bound
    return next(number for number in numbers if number < even) % bound


def tickets_by_source(entries: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """An entrant's tickets in their order: what brought each, a purchase or a hand, and which of its tickets it is."""
    counts: dict[str, int] = {}
    for source, more in entries:
        counts[source] = counts.get(source, 0) + more
    return [(source, nth) for source, count in counts.items() for nth in range(count)]


def pick_winners(
    tickets: Mapping[str, int], numbers: Iterator[int], *, picks: int, one_win_per_customer: bool
) -> list[Pick]:
    """Pick so many entries one after the other, or as many as there are; what was picked is not picked again.

    With `one_win_per_customer` all the entries of one who was picked leave with theirs.
    """
    entrants, counts = list(tickets), list(tickets.values())
    picked: list[Pick] = []
    for _ in range(picks):
        ends = list(accumulate(counts))
        if not ends or not ends[-1]:
            break
        ticket = below(ends[-1], numbers)
        place = bisect_right(ends, ticket)
        picked.append(Pick(ticket, ends[-1], entrants[place], ticket - (ends[place] - counts[place])))
        counts[place] = 0 if one_win_per_customer else counts[place] - 1
    return picked
