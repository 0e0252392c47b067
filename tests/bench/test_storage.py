"""The arithmetic of the page on scale is done from what was measured, and the page has what it comes to."""

import json

import pytest

from bench.storage import (
    FOUND,
    PAGE,
    as_machines,
    as_needs,
    as_rows,
    bytes_per_customer,
    bytes_per_purchase,
    machines,
    need,
    significant,
    with_tables,
)

SMALL = {
    "purchases": 100,
    "customers": 10,
    "lines": 300,
    "texts": {},
    "tables": {
        "loyalty.purchases": {"rows": 100, "table": 60_000, "indexes": 20_000},
        "loyalty.entries": {"rows": 200, "table": 15_000, "indexes": 5_000},
        "loyalty.outbox": {"rows": 100, "table": 9_000, "indexes": 1_000},
        "customers.customers": {"rows": 10, "table": 3_000, "indexes": 2_000},
        "loyalty.wallets": {"rows": 10, "table": 700, "indexes": 300},
    },
    "cpu_ms": {"gateway": 0.2, "loyalty": 0.8, "postgres": 0.2},
}


def test_what_stays_is_told_from_what_goes() -> None:
    assert bytes_per_purchase(SMALL) == 1_000
    assert bytes_per_customer(SMALL) == 600


def test_a_year_of_so_many_customers() -> None:
    needed = need(SMALL, 73_000_000, 12)
    assert needed["year_bytes"] == 876_000_000_000
    assert needed["archive_bytes"] == pytest.approx(7_200_000_000)
    assert needed["customers_bytes"] == 43_800_000_000
    assert (round(needed["mean"], 1), round(needed["peak"], 1)) == (27.8, 138.9)
    assert needed["events"] == needed["peak"]


def test_never_one_of_anything() -> None:
    assert (machines(SMALL, 1_000, 1)["gateways"], machines(SMALL, 1_000, 1)["apis"]) == (2, 2)
    large = machines(SMALL, 10**9, 60)
    assert (large["gateways"], large["apis"]) == (4, 16)
    assert large["servers"] == 31


def test_two_digits_matter() -> None:
    assert [significant(number) for number in (0.123, 1.26, 12.6, 126, 12_600)] == [
        "0.12",
        "1.3",
        "13",
        "130",
        "13,000",
    ]


def test_the_page_has_what_was_measured() -> None:
    page, found = PAGE.read_text(encoding="utf-8"), json.loads(FOUND.read_text())
    assert with_tables(page, found) == page
    assert all(table in page for table in (as_rows(found), as_needs(found), as_machines(found)))
