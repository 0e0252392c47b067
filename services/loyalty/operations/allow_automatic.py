"""Whether rewards may be taken for a customer without asking. Source: docs/rules/automatic-rewards.md."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.queries.automatic import automatic_rewards
from services.loyalty.queries.customers import locked
from services.loyalty.queries.wallet_merges import same_person
from services.loyalty.tables.automatic import AutomaticOptOutRow, AutomaticWaitRow


def allow_automatic(db: Session, tenant_id: TenantId, customer_id: CustomerId, *, allowed: bool, at: datetime) -> None:
    """Let rewards be taken by themselves for the customer, or not. Again changes nothing.

    Who allows it again is looked at soon: what they have by then counts. Raises NoSuchCustomer.
    """
    locked(db, tenant_id, customer_id)
    if not allowed:
        out = insert(AutomaticOptOutRow).values(tenant_id=tenant_id, customer_id=customer_id, recorded_at=at)
        db.execute(out.on_conflict_do_nothing())
        return
    opted_out = delete(AutomaticOptOutRow).where(
        AutomaticOptOutRow.tenant_id == tenant_id,
        AutomaticOptOutRow.customer_id.in_(same_person(db, tenant_id, customer_id)),
    )
    if not db.execute(opted_out.returning(AutomaticOptOutRow.customer_id)).all():
        return
    for reward_id in automatic_rewards(db, tenant_id):
        unseen = insert(AutomaticWaitRow).values(
            tenant_id=tenant_id, customer_id=customer_id, reward_id=reward_id, why="unseen", look_at=at
        )
        db.execute(
            unseen.on_conflict_do_update(index_elements=["tenant_id", "customer_id", "reward_id"], set_={"look_at": at})
        )
