"""Customers found by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.customers.domain.name import folded
from services.customers.tables.customers import CustomerRow
from services.customers.tables.name_words import NameWordRow

WORDS_MAX = 5
# A slip is forgiven in words of at least this length, and after these first letters, by which the index finds them.
SLIP_LENGTH_MIN = 4
SURE_LETTERS = 2
AFTER_ALL_TEXT = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Found:
    """A customer and how far the name is from what was asked: 0 is the same words; see `words_like`."""

    customer: CustomerRow
    distance: int

    @property
    def place(self) -> str:
        """Where this one stands in the list."""
        return f"{self.distance} {self.customer.id}"


def search_by_name(db: Session, tenant_id: TenantId, name: str, *, after: str | None, limit: int) -> Sequence[Found]:
    """Customers whose names hold all of the words of `name`, the nearest first; `after` is the place last seen.

    A word may be only the beginning of theirs, or have one letter wrong. Words after the fifth are not looked at.
    """
    words = folded(name).split()[:WORDS_MAX]
    if not words:
        return []
    matches = [words_like(tenant_id, word, f"word_{place}") for place, word in enumerate(words)]
    distance = sum((match.c.distance for match in matches[1:]), start=matches[0].c.distance)
    query = select(CustomerRow, distance).where(CustomerRow.tenant_id == tenant_id)
    for match in matches:
        query = query.join(match, match.c.customer_id == CustomerRow.id)
    if after is not None:
        query = query.where(tuple_(distance, CustomerRow.id) > placed(after))
    rows = db.execute(query.order_by(distance, CustomerRow.id).limit(limit))
    return [Found(customer, far) for customer, far in rows]


def placed(place: str) -> tuple[int, CustomerId]:
    """A place taken apart."""
    distance, _, customer_id = place.partition(" ")
    return int(distance), CustomerId(customer_id)


def words_like(tenant_id: TenantId, word: str, name: str) -> Subquery:
    """Whose names have such a word. Distance: 0 the word itself, 1 one that begins with it, 2 one letter is wrong."""
    column = NameWordRow.word
    begins = begins_with(column, word)
    alike: ColumnElement[bool] = begins
    if len(word) >= SLIP_LENGTH_MIN:
        slipped = func.levenshtein_less_equal(column, word, 1) <= 1
        alike = and_(begins_with(column, word[:SURE_LETTERS]), or_(begins, slipped))
    distance = func.min(case((column == word, 0), (begins, 1), else_=2))
    return (
        select(NameWordRow.customer_id, distance.label("distance"))
        .where(NameWordRow.tenant_id == tenant_id, alike)
        .group_by(NameWordRow.customer_id)
        .subquery(name)
    )


def begins_with(column: Any, prefix: str) -> ColumnElement[bool]:
    """As a range, which is leakproof: an index serves it under row-level security."""
    return and_(column >= prefix, column < prefix + AFTER_ALL_TEXT)
