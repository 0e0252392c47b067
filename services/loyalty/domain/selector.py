"""Which lines of a basket a rule looks at."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from services.loyalty.domain.basket import Label, Line

# Sorted on the way out, so that the same selector always reads the same.
Labels = Annotated[frozenset[Label], Field(max_length=1000), PlainSerializer(sorted, return_type=list[str])]

NONE: frozenset[str] = frozenset()


class Selector(BaseModel):
    """Lines with one of the skus or in one of the categories, and in none of the excepted ones.

    Without skus and categories it selects every line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    skus: Labels = NONE
    categories: Labels = NONE
    except_skus: Labels = NONE
    except_categories: Labels = NONE

    def select(self, lines: Sequence[Line]) -> Sequence[int]:
        """The places of the selected lines. A line in two of the categories is selected once."""
        places: Sequence[int] = range(len(lines))
        if self.skus or self.categories:
            skus, categories = self.skus, self.categories
            places = [
                place
                for place, line in enumerate(lines)
                if line.sku in skus or not categories.isdisjoint(line.categories)
            ]
        if self.except_skus or self.except_categories:
            places = [place for place in places if not self._excepts(lines[place])]
        return places

    def _excepts(self, line: Line) -> bool:
        return line.sku in self.except_skus or not self.except_categories.isdisjoint(line.categories)


EVERYTHING = Selector()
