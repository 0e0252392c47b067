"""Tenants, keys, the first tenant, and what the proof says of events, on real databases."""

import io
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import text

from chassis.data.database import Database
from chassis.data.migrations import DATABASES
from chassis.events.dead_letters import park
from chassis.events.letters import Letter, Message
from chassis.settings import Settings
from cli import databases as databases_module
from cli.delivery import undelivered
from cli.events import dead_letters, replay_events, retry
from cli.first_tenant import ensure_first_tenant
from cli.home import CommandFailed, Home
from cli.keys import add_key
from cli.listeners import event_types_heard_by
from cli.tenants import add_tenant
from cli.verify import breaches_of, verify
from contracts.scopes import SCOPES
from gateway.domain.api_key import digest
from gateway.operations.create_api_key import TenantMissing, UnknownScope
from gateway.operations.create_tenant import UnknownCurrency, UnknownTimeZone
from gateway.operations.revoke_api_key import revoke_api_key
from gateway.tables.api_keys import ApiKeyRow
from gateway.tables.tenants import TenantRow
from kernel.clock import utc_now
from kernel.ids import TenantId

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

Databases = Callable[..., Database]


@pytest.fixture(autouse=True)
def on_this_tests_databases(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands reach the databases of this test."""
    monkeypatch.setattr(
        databases_module, "Database", lambda _, service, role="app", pool_size=1: databases(service, role)
    )


def a_tenant(settings: Settings, name: str = "Qahwa") -> TenantId:
    """A tenant made from the command line."""
    return TenantId(add_tenant(settings, name, live=False, currency="SAR", time_zone="Asia/Riyadh"))


def replay_all(settings: Settings) -> None:
    """Let every service hear all there is."""
    for service in DATABASES:
        replay_events(settings, service, publisher=None, since=LONG_AGO, until=utc_now(), rebuild=False)


def test_a_tenant_and_a_key(settings: Settings, databases: Databases) -> None:
    tenant_id = TenantId(add_tenant(settings, "قهوة", live=True, currency="KWD", time_zone="Asia/Kuwait"))
    key = add_key(settings, tenant_id, name="till 1", scopes=["purchases:write"])
    everything = add_key(settings, tenant_id, name="back office", scopes=[])

    assert key.startswith("wafa_live_")
    with databases("gateway").transaction(tenant_id) as db:
        tenant = db.get_one(TenantRow, tenant_id)
        assert (tenant.name, tenant.livemode, tenant.currency, tenant.time_zone) == ("قهوة", True, "KWD", "Asia/Kuwait")
        rows = {row.key_hash: row for row in db.query(ApiKeyRow)}
    assert rows[digest(key.encode())].scopes == ["purchases:write"]
    assert rows[digest(everything.encode())].scopes == sorted(SCOPES)


def test_what_cannot_be_is_refused(settings: Settings, tenant_id: TenantId) -> None:
    with pytest.raises(UnknownCurrency):
        add_tenant(settings, "Qahwa", live=False, currency="riyal", time_zone="Asia/Riyadh")
    with pytest.raises(UnknownTimeZone):
        add_tenant(settings, "Qahwa", live=False, currency="SAR", time_zone="Riyadh")
    with pytest.raises(TenantMissing):
        add_key(settings, tenant_id, name="till 1", scopes=[])
    with pytest.raises(UnknownScope):
        add_key(settings, a_tenant(settings), name="till 1", scopes=["everything"])


def access_of(home: Home) -> dict[str, Any]:
    """What the home says of its run."""
    assert home.access is not None
    return home.access


def test_the_first_tenant_stays_while_its_key_opens(settings: Settings, databases: Databases, home: Home) -> None:
    ensure_first_tenant(home, settings, at=AT)
    first = access_of(home)
    moved = settings.model_copy(update={"gateway_url": "http://127.0.0.1:9999"})
    ensure_first_tenant(home, moved, at=AT)

    assert access_of(home) == first | {"gateway_url": "http://127.0.0.1:9999", "docs_url": "http://127.0.0.1:9999/docs"}

    with databases("gateway").transaction(first["tenant_id"]) as db:
        key_id = db.query(ApiKeyRow).one().id
        revoke_api_key(db, tenant_id=TenantId(first["tenant_id"]), key_id=key_id, at=AT)
    ensure_first_tenant(home, settings, at=AT)

    assert access_of(home)["tenant_id"] != first["tenant_id"]


def test_an_event_is_undelivered_until_every_listener_heard_it(settings: Settings, databases: Databases) -> None:
    tenant_id = a_tenant(settings)

    missing = list(undelivered(settings))
    assert len(missing) == len(DATABASES)
    assert {breach.tenant_id for breach in missing} == {tenant_id}
    assert missing[0].detail.startswith("access.tenant_created.v1 not sent yet, ")

    replay_all(settings)
    assert list(undelivered(settings)) == []

    with databases("loyalty").transaction(tenant_id) as db:
        db.execute(text("DELETE FROM inbox"))
    [lost] = undelivered(settings)
    assert lost.detail.endswith("loyalty has not heard it")


def test_the_proof_names_the_wrong_rows(settings: Settings) -> None:
    a_tenant(settings)
    written = io.StringIO()
    console = Console(file=written, width=200)

    assert not verify(settings, console, wait_seconds=0, at=AT)
    assert "✗ every event is heard (5 rows are wrong)" in written.getvalue()
    assert "retention has not heard it" in written.getvalue()

    replay_all(settings)
    assert verify(settings, console, wait_seconds=0, at=AT)


def test_a_service_that_contradicts_itself_fails_the_proof(settings: Settings, databases: Databases) -> None:
    tenant_id = a_tenant(settings)
    replay_all(settings)
    with databases("retention").transaction(tenant_id) as db:
        db.execute(
            text(
                "INSERT INTO visits (tenant_id, purchase_id, customer_id, occurred_at, currency, due, spend)"
                " VALUES (:tenant, 'pur_1', 'cus_1', :at, 'SAR', 100, 100)"
            ),
            {"tenant": tenant_id, "at": AT},
        )

    assert {breach.tenant_id for breach in breaches_of(settings, "retention", AT)} == {tenant_id}
    assert not verify(settings, Console(file=io.StringIO()), wait_seconds=0, at=AT)


def test_the_proof_waits_for_events_on_their_way(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    a_tenant(settings)
    monkeypatch.setattr(time, "sleep", lambda _: replay_all(settings))

    assert verify(settings, Console(file=io.StringIO()), wait_seconds=60, at=AT)


def test_replay_leaves_out_what_was_heard_and_takes_only_what_was_asked_for(settings: Settings) -> None:
    a_tenant(settings)

    def replayed(publisher: str | None, since: datetime) -> int:
        return replay_events(settings, "retention", publisher=publisher, since=since, until=utc_now(), rebuild=False)

    assert replayed("loyalty", LONG_AGO) == 0
    assert replayed(None, utc_now() + timedelta(days=1)) == 0
    assert replayed("gateway", LONG_AGO) == 1
    assert replayed(None, LONG_AGO) == 1
    assert [breach for breach in undelivered(settings) if "retention" in breach.detail] == []


def test_only_what_keeps_nothing_else_can_be_rebuilt(settings: Settings, databases: Databases) -> None:
    tenant_id = a_tenant(settings)
    replay_all(settings)
    with databases("retention").transaction(tenant_id) as db:
        db.execute(text("DELETE FROM inbox"))

    replay_events(settings, "retention", publisher=None, since=LONG_AGO, until=utc_now(), rebuild=True)

    assert list(undelivered(settings)) == []
    with pytest.raises(CommandFailed, match=r"loyalty keeps what no event holds; only retention can be rebuilt\."):
        replay_events(settings, "loyalty", publisher=None, since=LONG_AGO, until=utc_now(), rebuild=True)
    with pytest.raises(CommandFailed, match=r"There is no service billing\. There are: gateway, customers, "):
        replay_events(settings, "billing", publisher=None, since=LONG_AGO, until=utc_now(), rebuild=False)


def test_dead_letters_are_shown_and_retried(settings: Settings, databases: Databases) -> None:
    tenant_id = a_tenant(settings)
    replay_all(settings)
    message = Message("access.events", tenant_id.encode(), [], b"{}")
    letter = Letter(message, tenant_id, "evt_1", tenant_id, None, "unknown version 9", 3)
    with databases("retention").transaction(tenant_id) as db:
        park(db, "retention", letter, "unknown version 9", 3)
        nobodys = replace(letter, tenant_id="-", event_id="raw_1", key="raw_1")
    with databases("retention").transaction("-") as db:
        park(db, "retention", nobodys, "not JSON", 1)

    shown = dead_letters(settings, "retention")
    assert [(one.tenant_id, one.event_id, one.reason) for one in shown] == [
        (tenant_id, "evt_1", "unknown version 9"),
        ("-", "raw_1", "not JSON"),
    ]
    assert retry(settings, "retention") == 0
    assert [one.attempts for one in dead_letters(settings, "retention")] == [4, 2]
    assert dead_letters(settings, "loyalty") == []


def test_every_service_hears_of_new_tenants() -> None:
    assert all("access.tenant_created.v1" in event_types_heard_by(service) for service in DATABASES)
    assert "loyalty.purchase_recorded.v1" in event_types_heard_by("retention")
