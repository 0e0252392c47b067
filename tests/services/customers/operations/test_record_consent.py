from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId
from services.customers.domain.consent import Said
from services.customers.domain.refusals import CustomerMissing
from services.customers.operations.record_consent import record_consent
from services.customers.queries.consents import consent_history, current_consents
from tests.services.customers.knowing import NOON, known, told

YES = Said("marketing", "sms", granted=True, source="till", wording="أوافق على استلام العروض")
NO = replace(YES, granted=False, source="app")


@pytest.fixture
def db(database: Database, tenant_id: TenantId) -> Iterator[Session]:
    """A transaction of the tenant's."""
    with database.transaction(tenant_id) as db:
        yield db


def test_what_was_said_last_holds_and_all_of_it_stays(db: Session, tenant_id: TenantId) -> None:
    customer = known(db, tenant_id)
    for hours, said in enumerate([YES, NO, YES]):
        record_consent(db, tenant_id, customer.id, said, actor="key_1", at=NOON + timedelta(hours=hours))
    current = current_consents(db, tenant_id, customer.id)
    assert {place: row.said for place, row in current.items()} == {("marketing", "sms"): YES}
    history = consent_history(db, tenant_id, customer.id)
    assert [(row.said, row.revision, row.actor) for row in history] == [
        (YES, 3, "key_1"),
        (NO, 2, "key_1"),
        (YES, 1, "key_1"),
    ]


def test_purposes_and_channels_are_apart(db: Session, tenant_id: TenantId) -> None:
    customer = known(db, tenant_id)
    for said in (YES, replace(NO, channel="email"), replace(NO, purpose="service")):
        record_consent(db, tenant_id, customer.id, said, actor="key_1", at=NOON)
    current = current_consents(db, tenant_id, customer.id)
    assert {place: row.granted for place, row in current.items()} == {
        ("marketing", "sms"): True,
        ("marketing", "email"): False,
        ("service", "sms"): False,
    }


def test_saying_the_same_again_changes_nothing(db: Session, tenant_id: TenantId) -> None:
    customer = known(db, tenant_id)
    for _ in range(2):
        record_consent(db, tenant_id, customer.id, YES, actor="key_1", at=NOON)
    assert len(consent_history(db, tenant_id, customer.id)) == 1
    assert told(db).count("customers.consent_changed.v1") == 1


def test_other_words_for_the_same_are_kept_and_not_told(db: Session, tenant_id: TenantId) -> None:
    customer = known(db, tenant_id)
    for said in (YES, replace(YES, wording="Yes, please")):
        record_consent(db, tenant_id, customer.id, said, actor="key_1", at=NOON)
    assert len(consent_history(db, tenant_id, customer.id)) == 2
    assert told(db).count("customers.consent_changed.v1") == 1


def test_history_cannot_be_rewritten(database: Database, tenant_id: TenantId) -> None:
    with database.transaction(tenant_id) as db:
        record_consent(db, tenant_id, known(db, tenant_id).id, YES, actor="key_1", at=NOON)
    for statement in ("UPDATE consents SET granted = false", "DELETE FROM consents"):
        with database.transaction(tenant_id) as db, pytest.raises(ProgrammingError, match="permission denied"):
            db.execute(text(statement))


def test_nobody_consents_for_a_neighbours_customer(
    database: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    with database.transaction(other_tenant_id) as db:
        theirs = known(db, other_tenant_id).id
    with database.transaction(tenant_id) as db:
        for customer_id in (theirs, CustomerId("cus_01h455vb4pex5vsknk084sn02q")):
            with pytest.raises(CustomerMissing):
                record_consent(db, tenant_id, customer_id, YES, actor="key_1", at=NOON)


def test_two_at_once_are_two_revisions(database: Database, tenant_id: TenantId) -> None:
    with database.transaction(tenant_id) as db:
        customer = known(db, tenant_id).id
    together = Barrier(2)

    def say(said: Said) -> None:
        together.wait()
        with database.transaction(tenant_id) as db:
            record_consent(db, tenant_id, customer, said, actor="key_1", at=NOON)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(say, [YES, NO]))
    with database.transaction(tenant_id) as db:
        assert sorted(row.revision for row in consent_history(db, tenant_id, customer)) == [1, 2]
        assert current_consents(db, tenant_id, customer)["marketing", "sms"].revision == 2
