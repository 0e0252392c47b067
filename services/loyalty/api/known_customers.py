"""The customer in an address: known, or asked for; a stranger, or another tenant's, is not found."""

from typing import Annotated

from fastapi import Depends, Path, Request

from chassis.web.caller import CurrentCaller
from chassis.web.transaction import Transaction
from kernel.ids import CustomerId
from services.loyalty.api.newcomers import introduce_one
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.queries.customers import is_known


def known_customer(
    request: Request, db: Transaction, caller: CurrentCaller, customer_id: Annotated[str, Path(max_length=64)]
) -> CustomerId:
    """The customer's id. Raises NoSuchCustomer."""
    wanted = CustomerId(customer_id)
    # In the request's own transaction: who has a connection must not wait for another one.
    if is_known(db, caller.tenant_id, wanted):
        return wanted
    if not introduce_one(db, request.app.state.customers, caller.tenant_id, wanted):
        raise NoSuchCustomer
    return wanted


KnownCustomer = Annotated[CustomerId, Depends(known_customer)]
