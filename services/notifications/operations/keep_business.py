"""Keep the name a tenant writes under."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.notifications.tables import BusinessRow


def keep_business(db: Session, tenant_id: TenantId, name: str) -> None:
    """Remember the name; the latest heard counts."""
    told = insert(BusinessRow).values(tenant_id=tenant_id, name=name)
    db.execute(told.on_conflict_do_update(index_elements=[BusinessRow.tenant_id], set_={"name": told.excluded.name}))
