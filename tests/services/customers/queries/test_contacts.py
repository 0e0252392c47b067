from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId
from services.customers.domain.consent import Channel, Purpose, Said
from services.customers.operations.record_consent import record_consent
from services.customers.queries.contacts import Contact, contacts
from tests.services.customers.knowing import NOON, known


@pytest.fixture
def db(database: Database, tenant_id: TenantId) -> Iterator[Session]:
    """A transaction of the tenant's."""
    with database.transaction(tenant_id) as db:
        yield db


@pytest.mark.parametrize(
    ("purpose", "channel", "reason", "address"),
    [
        ("service", "email", None, "ali@example.com"),
        ("service", "sms", None, "+966501234567"),
        ("service", "whatsapp", None, "+966501234567"),
        ("service", "push", "no_address", None),
        ("marketing", "email", "forbidden", None),
        ("marketing", "sms", "forbidden", None),
    ],
)
def test_before_the_customer_has_spoken(
    db: Session, tenant_id: TenantId, purpose: Purpose, channel: Channel, reason: str | None, address: str | None
) -> None:
    customer = known(db, tenant_id, name="علي", phone="0501234567", email="ali@example.com", time_zone="Asia/Riyadh")
    found = contacts(db, tenant_id, [customer.id], purpose, channel)[customer.id]
    name = None if reason else "علي"
    assert (found.reason, found.address, found.name) == (reason, address, name)
    assert (found.language, found.time_zone) == ("ar", "Asia/Riyadh")


@pytest.mark.parametrize(("granted", "reason"), [(True, None), (False, "forbidden")])
@pytest.mark.parametrize("purpose", ["service", "marketing"])
def test_what_the_customer_said_holds(
    db: Session, tenant_id: TenantId, purpose: Purpose, reason: str | None, *, granted: bool
) -> None:
    customer = known(db, tenant_id, phone="0501234567")
    record_consent(
        db, tenant_id, customer.id, Said(purpose, "sms", granted=granted, source="app"), actor="key_1", at=NOON
    )
    assert contacts(db, tenant_id, [customer.id], purpose, "sms")[customer.id].reason == reason


def test_a_blocked_customer_hears_nothing(db: Session, tenant_id: TenantId) -> None:
    customer = known(db, tenant_id, name="علي", phone="0501234567", status="blocked", language="en")
    found = contacts(db, tenant_id, [customer.id], "service", "sms")
    assert found == {customer.id: Contact("blocked", None, None, "en", None)}


def test_each_is_answered_for_by_what_they_said_themselves(db: Session, tenant_id: TenantId) -> None:
    ali, sara = (known(db, tenant_id, phone=phone) for phone in ("0501234567", "0501234568"))
    no = Said("service", "sms", granted=False, source="app")
    record_consent(db, tenant_id, ali.id, no, actor="key_1", at=NOON)
    nobody = CustomerId("cus_01h455vb4pex5vsknk084sn02q")
    found = contacts(db, tenant_id, [ali.id, nobody, sara.id], "service", "sms")
    assert {one: contact.reason for one, contact in found.items()} == {ali.id: "forbidden", sara.id: None}
