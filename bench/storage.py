"""`python -m bench.storage`: what a purchase and a customer take on disk, and what millions of them would.

Measures the databases of the run in the home (`WAFA_HOME`), which the demo should have filled, and writes
`bench/storage.json` and the tables of `docs/scale.md`.
"""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psycopg

from chassis.data.migrations import DATABASES
from chassis.events.relay import ARCHIVE_DAYS
from chassis.settings import Settings
from cli.environment import use_home
from cli.home import Home

ROOT = Path(__file__).parents[1]
FOUND = ROOT / "bench/storage.json"
LAST_RUN = ROOT / "bench/last.json"
PAGE = ROOT / "docs/scale.md"
YEAR_DAYS: Final = 365
PURCHASES_A_YEAR: Final = (12, 60)
CUSTOMERS: Final = (10_000_000, 100_000_000, 1_000_000_000)
# The day's busiest hour has a tenth of its sales; busy days have twice the mean day's.
PEAK: Final = 5
# A core is planned for half of what it can, a database server for so many bytes, and purchases stay for so long.
LOAD: Final = 0.5
SERVER_BYTES: Final = 6e12
YEARS: Final = 3
CONNECTIONS_OF_API: Final = 8
CONNECTIONS_OF_WORKER: Final = 9
# Tables that have a row, or a few, for each customer, and not for each purchase.
OF_CUSTOMERS: Final = frozenset(
    {
        "customers.consents",
        "customers.customers",
        "customers.name_words",
        "loyalty.customers",
        "loyalty.memberships",
        "loyalty.stamp_cards",
        "loyalty.wallets",
        "notifications.customers",
        "retention.customers",
    }
)
# Partitions count for their parent; TOAST counts for the table.
SIZES = """
    SELECT coalesce(parent.relname, c.relname) AS name, sum(pg_table_size(c.oid))::bigint AS table_bytes,
           sum(pg_indexes_size(c.oid))::bigint AS index_bytes
    FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class parent ON parent.oid = i.inhparent
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY 1 ORDER BY 1
"""
COLUMNS = """
    SELECT sum(pg_column_size(basket)), sum(pg_column_size(facts)), sum(pg_column_size(effects)),
           sum(pg_column_size(misses)) FROM purchases
"""

Found = dict[str, Any]


def main() -> None:
    """Measure, and write down what was found."""
    use_home(Home.here())
    found = measured(Settings())
    FOUND.write_text(json.dumps(found, indent=1) + "\n")
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    print(as_rows(found))
    print(as_needs(found))
    print(as_machines(found))


def measured(settings: Settings) -> Found:
    """Bytes and rows of every table that has rows, and what they are divided by."""
    assert settings.admin_url is not None
    tables: dict[str, dict[str, int]] = {}
    for service in DATABASES:
        with psycopg.connect(settings.admin_url.get_secret_value(), dbname=f"wafa_{service}", autocommit=True) as db:
            db.execute("VACUUM ANALYZE")
            for name, table_bytes, index_bytes in db.execute(SIZES).fetchall():
                rows = one(db, f'SELECT count(*) FROM "{name}"')
                if rows >= 100:
                    tables[f"{service}.{name}"] = {"rows": rows, "table": table_bytes, "indexes": index_bytes}
            if service == "loyalty":
                lines = one(db, "SELECT sum(jsonb_array_length(basket::jsonb -> 'lines')) FROM purchases")
                texts = [int(size) for size in db.execute(COLUMNS).fetchone() or ()]
    return {
        "purchases": tables["loyalty.purchases"]["rows"],
        "customers": tables["customers.customers"]["rows"],
        "lines": lines,
        "texts": dict(zip(("basket", "facts", "effects", "misses"), texts, strict=True)),
        "tables": tables,
        "cpu_ms": cpu_of_a_purchase(),
    }


def cpu_of_a_purchase() -> dict[str, float]:
    """Milliseconds of each process for a purchase through the gateway at 64 connections, in the last `make bench`."""
    measures = json.loads(LAST_RUN.read_text())["measures"]
    [through_the_gateway] = [measure["cpu_ms"] for measure in measures if measure["name"] == "gateway_64"]
    return {name: through_the_gateway[name] for name in ("gateway", "loyalty", "postgres")}


def one(db: psycopg.Connection[Any], query: str) -> int:
    """The one number that a query answers with."""
    row = db.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def size(table: Mapping[str, int]) -> int:
    """All that it takes on disk."""
    return table["table"] + table["indexes"]


def bytes_per_purchase(found: Found) -> float:
    """What stays of a purchase in all databases: rows and indexes."""
    return sum(size(table) for name, table in found["tables"].items() if stays(name)) / float(found["purchases"])


def bytes_per_customer(found: Found) -> float:
    """What a customer takes without any purchase."""
    total = sum(size(table) for name, table in found["tables"].items() if name in OF_CUSTOMERS)
    return total / float(found["customers"])


def archive_bytes_per_purchase(found: Found) -> float:
    """What a purchase takes in the outboxes until its day is dropped."""
    outboxes = [table for name, table in found["tables"].items() if name.endswith(".outbox")]
    return sum(map(size, outboxes)) / float(found["purchases"])


def events_per_purchase(found: Found) -> float:
    """How many events a purchase makes, those of messages and memberships included."""
    events: int = sum(table["rows"] for name, table in found["tables"].items() if name.endswith(".outbox"))
    return events / float(found["purchases"])


def stays(name: str) -> bool:
    """Whether the table grows with purchases, for as long as the business keeps them."""
    return name not in OF_CUSTOMERS and not name.endswith(".outbox")


def need(found: Found, customers: int, purchases_a_year: int) -> dict[str, float]:
    """What that many customers need: bytes after a year, bytes of archive, purchases and events a second."""
    purchases = customers * purchases_a_year
    a_second = purchases / (YEAR_DAYS * 86_400)
    return {
        "customers_bytes": customers * bytes_per_customer(found),
        "year_bytes": purchases * bytes_per_purchase(found),
        "archive_bytes": purchases * ARCHIVE_DAYS / YEAR_DAYS * archive_bytes_per_purchase(found),
        "mean": a_second,
        "peak": a_second * PEAK,
        "events": a_second * PEAK * events_per_purchase(found),
    }


def machines(found: Found, customers: int, purchases_a_year: int) -> dict[str, float]:
    """What that takes in processes, cores, connections and servers, each at its half load at the peak."""
    needed = need(found, customers, purchases_a_year)
    cores = {name: needed["peak"] * ms / 1_000 / LOAD for name, ms in found["cpu_ms"].items()}
    kept = needed["customers_bytes"] + YEARS * needed["year_bytes"] + needed["archive_bytes"]
    # Never one of anything; a process uses one core.
    gateways, apis = (max(2, math.ceil(cores[name])) for name in ("gateway", "loyalty"))
    return {
        "gateways": gateways,
        "apis": apis,
        "postgres_cores": cores["postgres"],
        "connections": apis * CONNECTIONS_OF_API + 2 * CONNECTIONS_OF_WORKER,
        "kept_bytes": kept,
        "servers": math.ceil(kept / SERVER_BYTES),
    }


def as_rows(found: Found) -> str:
    """What a row of each table takes, the largest tables first."""
    lines = [
        f"{found['purchases']:,} purchases of {found['lines'] / found['purchases']:.1f} lines by"
        f" {found['customers']:,} customers.",
        "",
        "| table | rows per purchase | bytes per row: table + indexes | bytes per purchase |",
        "| --- | ---: | ---: | ---: |",
    ]
    by_size = sorted(found["tables"].items(), key=lambda item: -size(item[1]))
    growing = [(name, table) for name, table in by_size if name not in OF_CUSTOMERS]
    for name, table in growing:
        per_purchase = size(table) / found["purchases"]
        if per_purchase >= 10:
            lines.append(
                f"| `{name}` | {table['rows'] / found['purchases']:.2f} | {table['table'] / table['rows']:,.0f} +"
                f" {table['indexes'] / table['rows']:,.0f} | {per_purchase:,.0f} |"
            )
    texts = {name: number / found["purchases"] for name, number in found["texts"].items()}
    lines += [
        f"| **all that stays** | | | **{bytes_per_purchase(found):,.0f}** |",
        f"| **outboxes, kept {ARCHIVE_DAYS} days** | {events_per_purchase(found):.2f} | |"
        f" **{archive_bytes_per_purchase(found):,.0f}** |",
        "",
        "A purchase's own row holds, compressed: "
        + ", ".join(f"{name} {number:,.0f} bytes" for name, number in texts.items())
        + ".",
        "",
        "| table of customers | rows per customer | bytes per row: table + indexes | bytes per customer |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, table in by_size:
        if name in OF_CUSTOMERS:
            lines.append(
                f"| `{name}` | {table['rows'] / found['customers']:.2f} | {table['table'] / table['rows']:,.0f} +"
                f" {table['indexes'] / table['rows']:,.0f} | {size(table) / found['customers']:,.0f} |"
            )
    lines.append(f"| **a customer** | | | **{bytes_per_customer(found):,.0f}** |")
    return "\n".join(lines)


def as_needs(found: Found) -> str:
    """What so many customers need."""
    lines = [
        "| customers | purchases each, a year | mean and peak purchases/s | customers' rows | purchases, each year |"
        f" archive of {ARCHIVE_DAYS} days | events/s at the peak |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for customers in CUSTOMERS:
        for purchases_a_year in PURCHASES_A_YEAR:
            needed = need(found, customers, purchases_a_year)
            lines.append(
                f"| {customers // 1_000_000:,} million | {purchases_a_year} | {significant(needed['mean'])},"
                f" {significant(needed['peak'])} | {in_gigabytes(needed['customers_bytes'])} |"
                f" {in_gigabytes(needed['year_bytes'])} | {in_gigabytes(needed['archive_bytes'])} |"
                f" {significant(needed['events'])} |"
            )
    return "\n".join(lines)


def as_machines(found: Found) -> str:
    """What that takes."""
    lines = [
        "| customers | purchases each, a year | gateways | loyalty APIs | cores of PostgreSQL |"
        f" connections to loyalty's | kept after {YEARS} years | database servers |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for customers in CUSTOMERS:
        for purchases_a_year in PURCHASES_A_YEAR:
            takes = machines(found, customers, purchases_a_year)
            lines.append(
                f"| {customers // 1_000_000:,} million | {purchases_a_year} | {takes['gateways']} | {takes['apis']} |"
                f" {significant(takes['postgres_cores'])} | {takes['connections']} |"
                f" {in_gigabytes(takes['kept_bytes'])} | {takes['servers']} + {takes['servers']} |"
            )
    return "\n".join(lines)


def significant(number: float) -> str:
    """Two digits that matter."""
    digits = max(0, 1 - math.floor(math.log10(number)))
    return f"{round(number, 1 - math.floor(math.log10(number))):,.{digits}f}"


def in_gigabytes(number: float) -> str:
    """Bytes, as thousands of millions of them."""
    return f"{significant(number / 1e9)} GB"


def with_tables(page: str, found: Found) -> str:
    """The page with its tables written anew."""
    tables = {"rows": as_rows(found), "needs": as_needs(found), "machines": as_machines(found)}
    for name, text in tables.items():
        marks = rf"(?<=<!-- storage {name}: begin -->\n).*?(?=<!-- storage {name}: end -->)"
        page = re.sub(marks, text + "\n", page, flags=re.DOTALL)
    return page


if __name__ == "__main__":
    main()
