"""A customer reads a message."""

from datetime import datetime, timedelta

import pytest

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId
from services.notifications.domain.refusals import MessageMissing
from services.notifications.operations.read_message import read_message
from tests.services.notifications.conftest import NOW
from tests.services.notifications.telling import created, messages, tell

SARA, ADAM = CustomerId("cus_sara"), CustomerId("cus_adam")


@pytest.fixture
def message_id(database: Database, tenant_id: TenantId) -> str:
    """Sara's only message."""
    return tell(database, created(tenant_id, SARA)).replace("evt_", "msg_")


def read(
    database: Database, tenant_id: TenantId, customer_id: CustomerId, message_id: str, at: datetime = NOW
) -> datetime | None:
    with database.transaction(tenant_id) as db:
        return read_message(db, tenant_id, customer_id, message_id, at=at).read_at


def test_the_first_time_counts(database: Database, tenant_id: TenantId, message_id: str) -> None:
    other = tell(database, created(tenant_id, ADAM)).replace("evt_", "msg_")
    assert read(database, tenant_id, SARA, message_id) == NOW
    assert read(database, tenant_id, SARA, message_id, NOW + timedelta(days=1)) == NOW
    assert {message.id: message.read_at for message in messages(database, tenant_id)} == {message_id: NOW, other: None}


def test_reading_leaves_the_email_in_the_queue(database: Database, tenant_id: TenantId, message_id: str) -> None:
    read(database, tenant_id, SARA, message_id)
    assert [message.state for message in messages(database, tenant_id)] == ["queued"]


def test_nobody_reads_what_is_not_theirs(
    database: Database, tenant_id: TenantId, other_tenant_id: TenantId, message_id: str
) -> None:
    for tenant, customer, message in (
        (tenant_id, ADAM, message_id),
        (tenant_id, SARA, "msg_nothing"),
        (other_tenant_id, SARA, message_id),
    ):
        with pytest.raises(MessageMissing):
            read(database, tenant, customer, message)
    assert [message.read_at for message in messages(database, tenant_id)] == [None]
