from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from chassis.data.database import Database
from kernel.ids import TenantId
from services.customers.domain.refusals import InvalidPhone
from services.customers.queries.customers import Identifier, find_customer, list_customers
from tests.services.customers.knowing import known


@pytest.fixture
def db(database: Database, tenant_id: TenantId) -> Iterator[Session]:
    """A transaction of the tenant's."""
    with database.transaction(tenant_id) as db:
        yield db


@pytest.mark.parametrize(
    ("identifier", "written"),
    [
        ("phone", "0501234567"),
        ("phone", "٠٥٠١٢٣٤٥٦٧"),
        ("phone", "+966501234567"),
        ("email", "ALI@example.com"),
        ("card", "77-00"),
        ("external_id", "C-1"),
    ],
)
def test_a_customer_is_found_in_any_spelling(
    db: Session, tenant_id: TenantId, identifier: Identifier, written: str
) -> None:
    ali = known(db, tenant_id, phone="0501234567", email="ali@example.com", card="7700", external_id="C-1")
    known(db, tenant_id, phone="0507654321", email="sara@example.com", card="7701", external_id="c-1")
    found = find_customer(db, tenant_id, identifier, written, country="SA")
    assert found is not None
    assert found.id == ali.id


def test_nobody_is_found(db: Session, tenant_id: TenantId) -> None:
    known(db, tenant_id, phone="0501234567")
    assert find_customer(db, tenant_id, "phone", "0507654321", country="SA") is None
    with pytest.raises(InvalidPhone):
        find_customer(db, tenant_id, "phone", "12", country="SA")


def test_the_list_is_newest_first_and_goes_on_where_it_stopped(db: Session, tenant_id: TenantId) -> None:
    ids = [known(db, tenant_id).id for _ in range(5)]
    first = list_customers(db, tenant_id, external_id=None, before=None, limit=3)
    rest = list_customers(db, tenant_id, external_id=None, before=first[-1].id, limit=3)
    assert [row.id for row in (*first, *rest)] == ids[::-1]


def test_the_list_can_be_narrowed_to_an_external_id(db: Session, tenant_id: TenantId) -> None:
    one, _other = known(db, tenant_id, external_id="C-1"), known(db, tenant_id, external_id="C-2")
    assert [row.id for row in list_customers(db, tenant_id, external_id="C-1", before=None, limit=3)] == [one.id]
    assert list_customers(db, tenant_id, external_id="C-3", before=None, limit=3) == []
