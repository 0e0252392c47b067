"""Keeping the few facts of customers that loyalty needs."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from kernel.ids import CustomerId, TenantId

LEARN = """
    INSERT INTO customers (tenant_id, customer_id, version, language, status, birthday, joined_on, heard_at)
    SELECT %b::text, told.customer_id, told.version, told.language, told.status, told.birthday,
           (told.joined_at AT TIME ZONE
               coalesce((SELECT time_zone FROM known_tenants WHERE id = %b::text), 'UTC'))::date, %b::timestamptz
    FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::timestamptz[])
        AS told (customer_id, version, language, status, birthday, joined_at)
    ON CONFLICT (tenant_id, customer_id) DO UPDATE SET
        version = excluded.version, language = excluded.language, status = excluded.status,
        birthday = excluded.birthday, joined_on = coalesce(excluded.joined_on, customers.joined_on),
        heard_at = excluded.heard_at
    WHERE customers.version < excluded.version
"""


class Facts(NamedTuple):
    """What was true of a customer as of a version. Of the birthday only month and day are known."""

    customer_id: CustomerId
    version: int
    language: str
    status: str
    birthday: str | None = None
    joined_at: datetime | None = None


def learn_customers(db: Session, tenant_id: TenantId, told: Sequence[Facts], *, at: datetime) -> None:
    """Remember the facts, in order, unless newer ones are known. Hearing them again changes nothing.

    Of joining the day by the tenant's clock is kept.
    """
    with pipeline(db) as sending:
        for turn in in_turns(told):
            sending.send(LEARN, [tenant_id, tenant_id, at, *zip(*turn, strict=True)])


def in_turns(told: Iterable[Facts]) -> Iterator[list[Facts]]:
    """The same, so that each customer is there once in a turn, and each customer's facts come in order.

    By their ids, so that who learns of the same customers waits instead of being locked out.
    """
    turns: list[dict[CustomerId, Facts]] = []
    for facts in told:
        turn = next((turn for turn in turns if facts.customer_id not in turn), None)
        if turn is None:
            turns.append(turn := {})
        turn[facts.customer_id] = facts
    for turn in turns:
        yield [turn[customer_id] for customer_id in sorted(turn)]
