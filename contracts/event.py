"""What every event is: a fact in the past tense, about one tenant and mostly about one customer.

A class states its name and version once, as `event_type = "loyalty.purchase_recorded.v1"`. Fields may be added to a
version; a change of meaning is a new version, which is a new class. Readers ignore fields they do not know.
"""

import re
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict

from kernel.ids import CustomerId, TenantId

TYPE_PATTERN = re.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\.v([1-9][0-9]*)")


class TypeName(NamedTuple):
    """An event type taken apart."""

    publisher: str
    name: str
    version: int


@lru_cache(maxsize=1_000)
def parse_type(event_type: str) -> TypeName:
    """Take a type such as "loyalty.purchase_recorded.v1" apart. Raises ValueError for any other form."""
    match = TYPE_PATTERN.fullmatch(event_type)
    if match is None:
        raise ValueError(f"{event_type!r} is not <publisher>.<what_happened>.v<number>")
    return TypeName(match[1], match[2], int(match[3]))


class Event(BaseModel):
    """Something that happened. `occurred_at` is when it happened, not when it was told."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_type: ClassVar[str]

    tenant_id: TenantId
    customer_id: CustomerId | None = None
    occurred_at: AwareDatetime

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "event_type" in cls.__dict__:
            register(cls)

    @property
    def key(self) -> str:
        """Events with the same key stay in order: the customer's id, else the tenant's."""
        return self.customer_id or self.tenant_id


EVENT_CLASSES: dict[str, type[Event]] = {}


def register(event_class: type[Event]) -> None:
    """Make a class findable by its type. Two classes may not claim the same type."""
    parse_type(event_class.event_type)
    known = EVENT_CLASSES.setdefault(event_class.event_type, event_class)
    if known.__qualname__ != event_class.__qualname__:
        raise TypeError(f"{event_class.event_type} is {known.__qualname__} already")


def event_class_for(event_type: str) -> type[Event] | None:
    """The class of a type, or None when no imported module defines it."""
    return EVENT_CLASSES.get(event_type)
