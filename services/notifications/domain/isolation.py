"""Names inside sentences that may run the other way. Source: Unicode Standard Annex #9, isolates."""

import re

FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
POP_DIRECTIONAL_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"
# Controls of line and direction that a name may carry: they would reorder the sentence around it or break a header.
CONTROLS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def plain(name: str) -> str:
    """The name on one line, without controls."""
    return " ".join(CONTROLS.sub(" ", name).split())


def isolated(text: str) -> str:
    """The text so that it keeps its own direction and leaves that of the sentence alone."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}"
