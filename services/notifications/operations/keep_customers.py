"""Keep the copies of customers' facts."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from contracts.events.customers import CustomerFacts
from kernel.ids import CustomerId

KEEP = """
    INSERT INTO customers (tenant_id, customer_id, version, language)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::bigint[], %b::text[])
    ON CONFLICT (tenant_id, customer_id) DO UPDATE SET version = excluded.version, language = excluded.language
    WHERE customers.version < excluded.version
"""


def keep_customers(db: Session, told: Sequence[CustomerFacts]) -> None:
    """Remember the facts of one tenant's customers, except of those of whom newer ones are known already.

    Of facts of the same version the first count.
    """
    newest: dict[CustomerId, CustomerFacts] = {}
    for facts in told:
        known = newest.get(facts.customer_id)
        if known is None or known.version < facts.version:
            newest[facts.customer_id] = facts
    # In order, so that who keeps the same customers waits instead of being locked out.
    rows = [(one.tenant_id, one.customer_id, one.version, one.language) for _id, one in sorted(newest.items())]
    with pipeline(db) as sending:
        sending.send_rows(KEEP, rows)
