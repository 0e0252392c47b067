"""Which lines of a basket a rule looks at."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from services.loyalty.domain.basket import Label, LineKind
from services.loyalty.domain.lines import Lines

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

    def select(self, lines: Lines) -> Sequence[int]:
        """The places of the selected lines, in their order. A line in two of the categories is selected once."""
        places = self._included(lines)
        if places and self._excepts:
            places = self._without_excepted(lines, places)
        if lines.only_articles and self._means_articles:
            return places
        kinds = self.kinds
        return [place for place in places if lines.kinds[place] in kinds]

    @cached_property
    def _included(self) -> Callable[[Lines], Sequence[int]]:
        """How to find the lines, articles or not. Most selectors name one category or one sku."""
        skus, categories = self.skus, self.categories
        if not skus and not categories:
            return attrgetter("places")
        if not skus and len(categories) == 1:
            (category,) = categories
            return lambda lines: lines.by_category.get(category, ())
        if not categories and len(skus) == 1:
            (sku,) = skus
            return lambda lines: lines.by_sku.get(sku, ())
        return lambda lines: sorted({*_places_of(skus, lines.by_sku), *_places_of(categories, lines.by_category)})

    @cached_property
    def _excepts(self) -> bool:
        return bool(self.except_skus or self.except_categories)

    @cached_property
    def _means_articles(self) -> bool:
        return "article" in self.kinds

    def _without_excepted(self, lines: Lines, places: Sequence[int]) -> Sequence[int]:
        excepted = {*_places_of(self.except_skus, lines.by_sku)}
        excepted.update(_places_of(self.except_categories, lines.by_category))
        return [place for place in places if place not in excepted]


def _places_of(names: frozenset[str], index: Mapping[str, list[int]]) -> Iterator[int]:
    # Most rules are about something that is not in the basket.
    if not names.isdisjoint(index):
        for name in index.keys() & names:
            yield from index[name]


EVERYTHING = Selector()
