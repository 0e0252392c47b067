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

    @property
    def selects_all(self) -> bool:
        """Whether no line can fail to match."""
        return not (self.skus or self.categories or self.except_skus or self.except_categories)

    def matches(self, line: Line) -> bool:
        """Whether the line is selected. A line in two of the categories counts once."""
        if line.sku in self.except_skus or not self.except_categories.isdisjoint(line.categories):
            return False
        if line.sku in self.skus or not self.categories.isdisjoint(line.categories):
            return True
        return not self.skus and not self.categories

    def select(self, lines: Sequence[Line]) -> list[int]:
        """The places of the selected lines."""
        if self.selects_all:
            return list(range(len(lines)))
        return [place for place, line in enumerate(lines) if self.matches(line)]


EVERYTHING = Selector()
