"""Finding customers."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals.customers import CustomerBlocked, CustomerUnknown, NoSuchCustomer
from services.loyalty.tables.customers import CustomerRow
from services.loyalty.tables.gift_cards import CARDS
from services.loyalty.tables.standings import Standing, StandingsRequest, lock_standing


def is_known(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> bool:
    """Whether loyalty has heard of the customer."""
    found = select(CustomerRow.customer_id).where(
        CustomerRow.tenant_id == tenant_id,
        CustomerRow.customer_id == customer_id,
        CustomerRow.status.not_in(CARDS),
    )
    return db.scalar(found) is not None


def all_locked(db: Session, tenant_id: TenantId, customers: Iterable[CustomerId]) -> dict[CustomerId, Standing]:
    """Several customers under lock, in the order in which everybody locks. Raises NoSuchCustomer."""
    wanted = set(customers)
    with pipeline(db) as asking:
        request = StandingsRequest(asking, [(tenant_id, customer_id) for customer_id in wanted])
    found = request.answer().values()
    standings = {standing.customer_id: standing for standing in found if standing.status not in CARDS}
    if standings.keys() != wanted:
        raise NoSuchCustomer
    return standings


def locked(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> Standing:
    """The customer under lock. Raises NoSuchCustomer."""
    standing = lock_standing(db, tenant_id, customer_id)
    if standing is None or standing.status in CARDS:
        raise NoSuchCustomer
    return standing


def welcome(standing: Standing | None, customer_id: CustomerId) -> Standing:
    """The customer, if they may take part. Raises CustomerUnknown and CustomerBlocked."""
    if standing is None or standing.status in CARDS:
        raise CustomerUnknown(customer_id=customer_id)
    if standing.status == "blocked":
        raise CustomerBlocked(customer_id=customer_id)
    return standing
