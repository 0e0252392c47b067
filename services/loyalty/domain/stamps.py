"""How a stamp card fills up, and what happens when stamps are taken back. Source: docs/rules/stamp-card.md."""

from typing import NamedTuple

FILLED_MAX = 100


class CardState(NamedTuple):
    """What a card shows, and how many rewards that made, or broke when it is below zero."""

    on_card: int
    rewards: int


def fill(on_card: int, stamps: int, needed: int) -> CardState:
    """Add stamps. Each `needed` of them make a reward; what is over stays on the card.

    At most FILLED_MAX rewards at once; the stamps of the others stay, and make theirs next time.
    """
    total = on_card + stamps
    rewards = min(max(total // needed, 0), FILLED_MAX)
    return CardState(total - rewards * needed, rewards)


def take_back(on_card: int, stamps: int, needed: int, rewards_unused: int) -> CardState:
    """Take stamps off: those on the card first, then unused rewards are broken, then the card owes.

    A broken reward's stamps go back on the card.
    """
    left = on_card - stamps
    broken = min(-(left // needed), rewards_unused) if left < 0 else 0
    return CardState(left + broken * needed, -broken)
