"""A message in words, as the inbox shows it and the e-mail carries it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notifications.domain.parts import Part
from services.notifications.domain.words import Words


@dataclass(frozen=True, slots=True)
class Content:
    """A title and whole sentences, in one language and without the customer's name."""

    title: str
    lines: tuple[str, ...]


def content_of(parts: Sequence[Part], words: Words) -> Content:
    """Put the parts (at least one) into words: the first gives the title, each its sentences in turn."""
    return Content(
        title=parts[0].title(words),
        lines=tuple(line for part in parts for line in part.lines(words)),
    )
