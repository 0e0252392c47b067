"""What is in the books before the measuring starts: a program, customers, and a database that can do it alone."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.house import House
from bench.tills import BASKET, CUSTOMERS
from kernel.ids import TenantId, new_id

SQL = Path(__file__).parent / "sql"
PROGRAM = {
    "currency": "SAR",
    "time_zone": "Asia/Riyadh",
    "rules": [{"kind": "earn", "id": "base", "name": {"en": "A point per riyal", "ar": "نقطة لكل ريال"}, "per": 100}],
}
SEED_CUSTOMERS = """
    INSERT INTO customers (tenant_id, customer_id, version, language, status, heard_at)
    SELECT %s, 'cus_' || lpad(number::text, 26, '0'), 1, 'ar', 'active', now() FROM generate_series(1, %s) number
"""
KNOW_TENANT = "INSERT INTO known_tenants VALUES (%s, false, 'SAR', 'Asia/Riyadh') ON CONFLICT DO NOTHING"
# What pgbench writes is what the service wrote: the texts come from a purchase it has recorded.
RECORDED = """
    SELECT p.id, p.fingerprint, p.program_id, p.subtotal, p.basket, p.facts, p.effects, p.misses,
           l.amount AS points, o.data AS event
    FROM purchases p JOIN lots l ON l.tenant_id = p.tenant_id AND l.reference = p.id
    JOIN outbox o ON o.tenant_id = p.tenant_id AND o.data LIKE '%%' || p.id || '%%'
    WHERE p.tenant_id = %s
"""


def prepare_rows(house: House) -> tuple[TenantId, dict[str, str]]:
    """Publish the program, seed customers for service and pgbench, give the database its functions.

    Returns pgbench's own tenant, and what fills the places in its scripts.
    """
    pgbench_tenant = TenantId(new_id("ten"))
    with psycopg.connect(database_url(house), autocommit=True, row_factory=psycopg.rows.dict_row) as db:
        # Done between the rounds instead (see `settle`).
        db.execute("ALTER SYSTEM SET autovacuum = off")
        db.execute("SELECT pg_reload_conf()")
        for tenant_id in (house.tenant_id, pgbench_tenant):
            db.execute(KNOW_TENANT, [tenant_id])
            db.execute(SEED_CUSTOMERS, [tenant_id, CUSTOMERS])
        publish_program(house)
        record_one(house)
        recorded = db.execute(RECORDED, [house.tenant_id]).fetchone()
        assert recorded is not None, "the service recorded a purchase"
        places = places_for(db, pgbench_tenant, recorded)
        db.execute(fill((SQL / "functions.sql").read_text(), places).encode())
    return pgbench_tenant, places


def settle(house: House) -> None:
    """Tidy up after the rows written so far, so that no measurement pays for another one's."""
    with psycopg.connect(database_url(house), autocommit=True) as db:
        db.execute("VACUUM ANALYZE")
        db.execute("CHECKPOINT")


def database_url(house: House) -> str:
    """The loyalty database, as the superuser."""
    assert house.settings.admin_url is not None
    return house.settings.admin_url.get_secret_value().removesuffix("/postgres") + "/wafa_loyalty"


def publish_program(house: House) -> None:
    """One rule: a point for each riyal, without expiry."""
    program = post(house, "/v1/programs", {"name": "Bench", "document": PROGRAM})
    post(house, f"/v1/programs/{program['id']}/versions/1/publish", {})


def record_one(house: House) -> None:
    """One purchase, as the tills will send them."""
    post(house, "/v1/purchases", json.loads(BASKET % (1, b"first")))


def post(house: House, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """A request through the gateway. Raises HTTPError for a refusal."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{house.ports['gateway']}{path}",
        json.dumps(body).encode(),
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
        **{name: recorded[name] for name in ("fingerprint", "program_id", "basket", "facts", "effects", "misses")},
        "event": recorded["event"].replace(house_tenant(recorded["event"]), tenant_id),
    }
    plain = {"points": recorded["points"], "subtotal": recorded["subtotal"], "customers": CUSTOMERS}
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
