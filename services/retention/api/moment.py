"""The moment a reader asks about."""

from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from chassis.web.transaction import Now
from services.retention.domain.refusals import MomentInFuture

AsOfQuery = Annotated[
    AwareDatetime | None,
    Query(
        description="Answer from what had happened by this moment; now when left out.",
        examples=["2026-11-22T10:00:00Z"],
    ),
]


def moment_asked(now: Now, as_of: AsOfQuery = None) -> AwareDatetime:
    """`as_of`, else now. Raises MomentInFuture."""
    if as_of is not None and as_of > now:
        raise MomentInFuture
    return as_of or now


AsOf = Annotated[AwareDatetime, Depends(moment_asked)]
