"""Which lines of a basket a rule looks at."""

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from services.loyalty.domain.basket import Label, Line, LineKind

# Sorted on the way out, so that the same selector always reads the same.
Labels = Annotated[frozenset[Label], Field(max_length=1000), PlainSerializer(sorted, return_type=list[str])]

Kinds = Annotated[frozenset[LineKind], Field(min_length=1), PlainSerializer(sorted, return_type=list[str])]

NONE: frozenset[str] = frozenset()
ARTICLES: frozenset[LineKind] = frozenset({"article"})


class Selector(BaseModel):
    """Lines with one of the skus or in one of the categories, and in none of the excepted ones.

    Without skus and categories it selects every line. Either way they are articles, unless other `kinds` are named.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    skus: Labels = NONE
    categories: Labels = NONE
    except_skus: Labels = NONE
    except_categories: Labels = NONE
    kinds: Kinds = ARTICLES

    @cached_property
    def is_everything(self) -> bool:
        """Whether it selects all articles."""
        named = self.skus or self.categories or self.except_skus or self.except_categories
        return not named and "article" in self.kinds

    def select(self, lines: Sequence[Line], *, only_articles: bool = False) -> Sequence[int]:
        """The places of the selected lines. A line in two of the categories is selected once.

        `only_articles` says that the lines are known to be nothing else.
        """
        places = self._included(lines)
        if self.except_skus or self.except_categories:
            skus, categories = self.except_skus, self.except_categories
            places = [
                place
                for place in places
                if lines[place].sku not in skus and categories.isdisjoint(lines[place].categories)
            ]
        if not only_articles or "article" not in self.kinds:
            places = [place for place in places if lines[place].kind in self.kinds]
        return places

    def _included(self, lines: Sequence[Line]) -> Sequence[int]:
        skus, categories = self.skus, self.categories
        # Every rule asks this of every line: a comparison with an empty set would be a third of it.
        if not categories:
            return [place for place, line in enumerate(lines) if line.sku in skus] if skus else range(len(lines))
        if not skus:
            return [place for place, line in enumerate(lines) if not categories.isdisjoint(line.categories)]
        return [
            place for place, line in enumerate(lines) if line.sku in skus or not categories.isdisjoint(line.categories)
        ]


EVERYTHING = Selector()
