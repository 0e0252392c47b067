"""What is in the books before the measuring starts: a program, customers, and a database that can do it alone."""

import json
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.house import House
from bench.program import PROGRAM
from bench.tills import BATCH, sold_now
from kernel.ids import TenantId, new_id

SQL = Path(__file__).parent / "sql"
SEED_CUSTOMERS = """
    INSERT INTO customers (tenant_id, customer_id, version, language, status, heard_at)
    SELECT %s, 'cus_' || lpad(number::text, 26, '0'), 1, 'ar', 'active', now() FROM generate_series(1, %s) number
"""
KNOW_TENANT = "INSERT INTO known_tenants VALUES (%s, false, 'SAR', 'Asia/Riyadh') ON CONFLICT DO NOTHING"
# What pgbench writes is what the service wrote: the texts come from a purchase it has recorded.
RECORDED = """
    SELECT p.id, p.customer_id, p.fingerprint, p.program_id, p.subtotal, p.discount, p.due,
           p.basket, p.facts, p.effects, p.misses,
           l.amount AS points, o.data AS event
    FROM purchases p JOIN lots l ON l.tenant_id = p.tenant_id AND l.reference = p.id
    JOIN outbox o ON o.tenant_id = p.tenant_id AND o.data LIKE '%%' || p.id || '%%'
    WHERE p.tenant_id = %s
"""


@dataclass(frozen=True)
class Shop:
    """The tenant that pgbench records for, what fills the places in its scripts, and how many customers there are.

    `by_service` is how many purchases the service itself has recorded.
    """

    pgbench_tenant: TenantId
    places: dict[str, str]
    customers: int
    by_service: int = 1


def open_shop(house: House, customers: int, *, one_tenant: bool = False) -> Shop:
    """Publish the program, seed customers for service and pgbench, give the database its functions.

    With `one_tenant` pgbench records for the service's tenant instead of one of its own.
    """
    pgbench_tenant = house.tenant_id if one_tenant else TenantId(new_id("ten"))
    with psycopg.connect(database_url(house), autocommit=True, row_factory=psycopg.rows.dict_row) as db:
        # Done between the rounds instead (see `settle`).
        db.execute("ALTER SYSTEM SET autovacuum = off")
        db.execute("SELECT pg_reload_conf()")
        for tenant_id in {house.tenant_id, pgbench_tenant}:
            db.execute(KNOW_TENANT, [tenant_id])
            db.execute(SEED_CUSTOMERS, [tenant_id, customers])
        publish_program(house)
        record_one(house)
        recorded = db.execute(RECORDED, [house.tenant_id]).fetchone()
        assert recorded is not None, "the service recorded a purchase"
        places = places_for(db, pgbench_tenant, recorded) | {"customers": str(customers)}
        db.execute(fill((SQL / "functions.sql").read_text(), places).encode())
    return Shop(pgbench_tenant, places, customers)


def stock(house: House, shop: Shop) -> Shop:
    """Let every customer of both tenants have bought once, so that no round is the first."""
    with psycopg.connect(database_url(house), autocommit=True) as db:
        db.execute("SELECT bench.record_purchases(0, 1, %s)", [shop.customers])
    receipts = [sold_now(number, b"stock-%d" % number) for number in range(1, shop.customers + 1)]
    for first in range(0, len(receipts), BATCH):
        purchases = b",".join(receipts[first : first + BATCH])
        results = post(house, "/v1/purchases/batch", b'{"purchases":[%b]}' % purchases)["results"]
        assert all(result["status"] == 201 for result in results), "all of a batch are recorded"
    return replace(shop, by_service=shop.by_service + shop.customers)


def settle(house: House) -> None:
    """Tidy up after the rows written so far, so that no measurement pays for another one's."""
    with psycopg.connect(database_url(house), autocommit=True) as db:
        db.execute("VACUUM ANALYZE")
        db.execute("CHECKPOINT")


def database_url(house: House, service: str = "loyalty") -> str:
    """A service's database, as the superuser."""
    assert house.settings.admin_url is not None
    return house.settings.admin_url.get_secret_value().removesuffix("/postgres") + f"/wafa_{service}"


def publish_program(house: House) -> None:
    """Ten rules."""
    program = post(house, "/v1/programs", json.dumps({"name": "Bench", "document": PROGRAM}).encode())
    post(house, f"/v1/programs/{program['id']}/versions/1/publish", b"{}")


def record_one(house: House) -> None:
    """One purchase, as the tills will send them."""
    post(house, "/v1/purchases", sold_now(1, b"first"))


def post(house: House, path: str, body: bytes) -> dict[str, Any]:
    """A request through the gateway. Raises HTTPError for a refusal."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{house.ports['gateway']}{path}",
        body,
        {
            "authorization": f"Bearer {house.api_key}",
            "content-type": "application/json",
            "idempotency-key": new_id("req"),
        },
    )
    with urllib.request.urlopen(request) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def places_for(db: psycopg.Connection[Any], tenant_id: TenantId, recorded: dict[str, Any]) -> dict[str, str]:
    """The places in the scripts, and the literals that fill them."""
    literals = {
        "tenant": tenant_id,
        "purchase_id": recorded["id"],
        "customer_id": recorded["customer_id"],
        **{name: recorded[name] for name in ("fingerprint", "program_id", "basket", "facts", "effects", "misses")},
        "event": recorded["event"].replace(house_tenant(recorded["event"]), tenant_id),
    }
    plain = {name: recorded[name] for name in ("points", "subtotal", "discount", "due")}
    return {
        **{name: sql.Literal(value).as_string(db) for name, value in literals.items()},
        **{name: str(number) for name, number in plain.items()},
    }


def house_tenant(event: str) -> str:
    """The tenant an event names."""
    tenant: str = json.loads(event)["tenant_id"]
    return tenant


def fill(script: str, places: dict[str, str]) -> str:
    """A script with its places filled in."""
    for name, literal in places.items():
        script = script.replace(f"{{{name}}}", literal)
    return script
