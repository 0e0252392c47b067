import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from chassis.data.database import Database
from kernel.ids import TenantId, is_id
from services.customers.domain.consent import Said
from services.customers.domain.profile import Profile
from services.customers.domain.refusals import BirthdayAhead, CustomerExists, InvalidPhone
from services.customers.operations.create_customer import create_customer
from services.customers.tables.customers import CustomerRow, get_customer
from tests.services.customers.knowing import NOON, known, told

FATIMA = Profile(
    external_id="C-1001",
    name="فاطمة الزهراء",
    phone="٠٥٠ ١٢٣ ٤٥٦٧",
    email="Fatima@Example.com",
    card="7700 1234",
    birthday=date(1990, 4, 23),
    time_zone="Asia/Riyadh",
    labels={"size": "M"},
)


def test_a_customer_is_kept_in_the_normal_form(database: Database, tenant_id: TenantId) -> None:
    with database.transaction(tenant_id) as db:
        made = known(db, tenant_id, **FATIMA)
    with database.transaction(tenant_id) as db:
        kept = get_customer(db, tenant_id, made.id)
    assert is_id(kept.id, "cus")
    assert (kept.phone, kept.email, kept.card) == ("+966501234567", "fatima@example.com", "77001234")
    assert (kept.name, kept.external_id, kept.birthday) == ("فاطمة الزهراء", "C-1001", date(1990, 4, 23))
    assert (kept.version, kept.status, kept.language, kept.labels) == (1, "active", "ar", {"size": "M"})
    assert (kept.created_at, kept.updated_at) == (NOON, NOON)


def test_nothing_needs_to_be_known(database: Database, tenant_id: TenantId) -> None:
    with database.transaction(tenant_id) as db:
        one, other = known(db, tenant_id), known(db, tenant_id)
    assert one.id != other.id
    assert one.phone is None


def test_it_is_told_without_personal_data(database: Database, tenant_id: TenantId) -> None:
    with database.transaction(tenant_id) as db:
        made = known(db, tenant_id, **FATIMA)
        row = db.execute(text("SELECT * FROM outbox")).one()
    assert (row.type, row.topic, row.key, row.subject) == (
        "customers.customer_created.v1",
        "customers.events",
        made.id,
        made.id,
    )
    assert json.loads(row.data) == {
        "tenant_id": tenant_id,
        "customer_id": made.id,
        "occurred_at": "2026-11-22T12:00:00Z",
        "version": 1,
        "language": "ar",
        "status": "active",
        "birthday_month_day": "04-23",
        "joined_at": "2026-11-22T12:00:00Z",
    }


def test_consents_come_with_the_customer(database: Database, tenant_id: TenantId) -> None:
    said = [
        Said("marketing", "sms", granted=True, source="till"),
        Said("service", "email", granted=False, source="till"),
    ]
    with database.transaction(tenant_id) as db:
        create_customer(db, tenant_id, Profile(), said, country="SA", actor="key_1", at=NOON)
        assert told(db) == [
            "customers.customer_created.v1",
            "customers.consent_changed.v1",
            "customers.consent_changed.v1",
        ]


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("external_id", Profile(external_id="C-1"), Profile(external_id="C-1")),
        ("phone", Profile(phone="0501234567"), Profile(phone="+966 50 123 4567")),
        ("email", Profile(email="a@example.com"), Profile(email="A@EXAMPLE.COM")),
        ("card", Profile(card="77 00"), Profile(card="7700")),
    ],
)
def test_an_identifier_belongs_to_one_customer(
    database: Database, tenant_id: TenantId, field: str, first: Profile, second: Profile
) -> None:
    with database.transaction(tenant_id) as db:
        owner = known(db, tenant_id, **first)
        with pytest.raises(CustomerExists) as refused:
            known(db, tenant_id, **second)
    assert refused.value.params == {"field": field, "customer_id": owner.id}
    with database.transaction(tenant_id) as db:
        assert db.scalars(text("SELECT id FROM customers")).all() == [owner.id]
        assert told(db) == ["customers.customer_created.v1"], "what was refused is not told"


def test_another_tenant_may_know_the_same_person(
    database: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    for tenant in (tenant_id, other_tenant_id):
        with database.transaction(tenant) as db:
            known(db, tenant, **FATIMA)
    with database.transaction(tenant_id, other_tenant_id) as db:
        assert db.scalar(text("SELECT count(*) FROM customers")) == 2


@pytest.mark.parametrize(
    ("profile", "refusal"), [(Profile(phone="12"), InvalidPhone), (Profile(birthday=date(2026, 11, 23)), BirthdayAhead)]
)
def test_what_cannot_be_is_refused(
    database: Database, tenant_id: TenantId, profile: Profile, refusal: type[Exception]
) -> None:
    with database.transaction(tenant_id) as db, pytest.raises(refusal):
        known(db, tenant_id, **profile)


def test_of_many_at_once_one_is_made(database: Database, tenant_id: TenantId) -> None:
    tills = 6
    together = Barrier(tills)

    def create() -> CustomerRow | CustomerExists:
        together.wait()
        try:
            with database.transaction(tenant_id) as db:
                return known(db, tenant_id, **FATIMA)
        except CustomerExists as refused:
            return refused

    with ThreadPoolExecutor(tills) as pool:
        outcomes = [future.result() for future in [pool.submit(create) for _ in range(tills)]]
    [made] = [outcome for outcome in outcomes if isinstance(outcome, CustomerRow)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, CustomerExists)]
    assert [refused.params["customer_id"] for refused in refusals] == [made.id] * (tills - 1)


def test_later_ids_are_those_of_later_customers(database: Database, tenant_id: TenantId) -> None:
    with database.transaction(tenant_id) as db:
        ids = [
            create_customer(
                db, tenant_id, Profile(), country="SA", actor="key_1", at=NOON + timedelta(seconds=second)
            ).id
            for second in range(5)
        ]
    assert ids == sorted(ids)
