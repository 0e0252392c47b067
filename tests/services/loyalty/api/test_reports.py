"""Reports for the books: the examples of docs/reports.md, and what is asked amiss."""

import csv
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import httpx
import pytest
import time_machine

from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later

A_TWENTIETH = {"units": 100, "money": 500}
THIRTY_DAYS = {"kind": "rolling", "days": 30}


class Books:
    """A shop under a clock, and what its books say."""

    def __init__(self, shop: Shop, client: httpx.Client, clock: time_machine.Traveller) -> None:
        self.shop, self.client, self.clock = shop, client, clock

    def wait(self, **time: float) -> None:
        self.shop.at = later(**time)
        self.clock.move_to(self.shop.at)

    def liability(self, **asked: Any) -> list[dict[str, Any]]:
        answer = self.client.get("/v1/reports/liability", params=asked)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        for kind in found:
            whole = kind["outstanding"]
            for parts in (
                kind["ages"],
                kind["left_to_live"],
                [kind[name] for name in ("spendable", "pending", "held")],
            ):
                assert sum(part["units"] for part in parts) == whole["units"]
                if whole["money"] is not None:
                    assert sum(part["money"] for part in parts) == whole["money"]
            moved = kind["movements"]
            assert moved["closing"] == sum(moved[name] for name in moved.keys() - {"since", "closing"})
            assert moved["closing"] == whole["units"] + kind["expired_unbooked"]["units"] - kind["debt"]["units"]
        return found

    def outstanding(self, **asked: Any) -> tuple[int, int, int]:
        (points,) = self.liability(**asked)
        return points["outstanding"]["units"], points["outstanding"]["money"], points["movements"]["closing"]

    def journal(self, first: str, last: str, **more: Any) -> list[dict[str, str]]:
        answer = self.client.get("/v1/reports/journal", params={"from": first, "to": last, **more})
        assert answer.status_code == 200, answer.text
        lines = list(csv.DictReader(StringIO(answer.text)))
        for side in (lines[0::2], lines[1::2]):
            assert len(side) * 2 == len(lines)
        total = {side: sum(Decimal(row[side] or 0) for row in lines) for side in ("debit", "credit")}
        assert total["debit"] == total["credit"]
        return lines


@pytest.fixture
def books(shop: Shop, client: httpx.Client, clock: time_machine.Traveller) -> Books:
    return Books(shop, client, clock)


def accounts(lines: list[dict[str, str]]) -> dict[str, Decimal]:
    """What each account has grown by, debits above zero."""
    sums: Counter[str] = Counter()
    for row in lines:
        sums[row["account"]] += Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)  # type: ignore[assignment]
    return {name: Decimal(amount) for name, amount in sums.items() if amount}


def test_the_example_of_the_page(books: Books) -> None:
    shop = books.shop
    shop.publish(POINT_PER_RIYAL, worth=A_TWENTIETH, expiry=THIRTY_DAYS)
    ana = shop.customer()
    shop.earn(ana, 1001)
    assert books.outstanding() == (1001, 5005, 1001)
    shop.redeem(ana, shop.offer(301))
    assert books.outstanding() == (700, 3500, 700)
    books.wait(days=10)
    shop.earn(ana, 50)
    assert books.outstanding() == (750, 3750, 750)
    books.wait(days=31)
    assert books.outstanding() == (50, 250, 750)
    shop.expire()
    assert books.outstanding() == (50, 250, 50)
    assert books.outstanding(as_of=later(days=8).isoformat()) == (700, 3500, 700)
    (points,) = books.liability(since=later(days=5).isoformat())
    assert points["movements"] == {
        "since": "2036-03-07T09:00:00Z",
        "opening": 700,
        "issued": 50,
        "redeemed": 0,
        "expired": -700,
        "adjusted": 0,
        "transferred": 0,
        "sold": 0,
        "closing": 50,
    }
    assert points["worth"] == {"units": 1, "money": 5, "currency": "SAR"}
    assert [(age["from_days"], age["units"]) for age in points["ages"] if age["units"]] == [(0, 50)]
    assert [(age["until_days"], age["money"]) for age in points["left_to_live"] if age["units"]] == [(30, 250)]
    whole = books.journal("2036-03-01", "2036-04-02")
    assert accounts(whole) == {
        "Marketing expense": Decimal("52.55"),
        "Redemption": Decimal("-15.05"),
        "Breakage income": Decimal("-35.00"),
        "Loyalty liability": Decimal("-2.50"),
    }
    parts = [books.journal(*days) for days in (("2036-03-01", "2036-03-12"), ("2036-03-13", "2036-04-02"))]
    assert [*parts[0], *parts[1]] == whole


def test_the_odd_cent_of_the_page(books: Books) -> None:
    shop = books.shop
    shop.publish(POINT_PER_RIYAL, worth={"units": 3, "money": 10})
    ana = shop.customer()
    shop.earn(ana, 10)
    shop.redeem(ana, shop.offer(5))
    lines = books.journal("2036-03-02", "2036-03-02", liability="2150 Loyalty, points")
    assert [(row["account"], row["debit"], row["credit"], row["units"]) for row in lines] == [
        ("Marketing expense", "0.34", "", "10"),
        ("2150 Loyalty, points", "", "0.34", "10"),
        ("2150 Loyalty, points", "0.17", "", "-5"),
        ("Redemption", "", "0.17", "-5"),
    ]
    assert books.outstanding() == (5, 17, 5)


def test_a_new_worth_is_posted_on_its_day(books: Books) -> None:
    shop = books.shop
    shop.publish(POINT_PER_RIYAL, worth=A_TWENTIETH)
    shop.earn(shop.customer(), 100)
    books.wait(days=2)
    shop.publish(POINT_PER_RIYAL, worth={"units": 100, "money": 400})
    lines = books.journal("2036-03-03", "2036-03-04")
    assert [(row["date"], row["cause"], row["account"], row["debit"]) for row in lines] == [
        ("2036-03-04", "revalued", "Loyalty liability", "1.00"),
        ("2036-03-04", "revalued", "Marketing expense", ""),
    ]
    assert books.outstanding() == (100, 400, 100)
    assert books.outstanding(as_of=later(days=1).isoformat()) == (100, 500, 100)


def test_debts_holds_and_pending_units_are_told_apart(books: Books) -> None:
    shop = books.shop
    shop.publish(POINT_PER_RIYAL, pending_days=5)
    ana, ben = shop.customer(), shop.customer()
    shop.adjust(ana, 100)
    shop.hold(ana, 30)
    shop.earn(ana, 40)
    sold = shop.earn(ben, 20)
    books.wait(days=6)
    shop.redeem(ben, shop.offer(20))
    shop.take_back(sold)
    (points,) = books.liability()
    assert points["worth"] is None
    assert [points[name]["units"] for name in ("outstanding", "spendable", "held", "debt")] == [140, 140, 0, 20]
    (before,) = books.liability(as_of=later(minutes=5).isoformat())
    assert [before[name]["units"] for name in ("spendable", "held", "pending", "debt")] == [70, 30, 60, 0]
    assert before["outstanding"] == {"units": 160, "money": None}
    assert books.journal("2036-03-01", "2036-03-08") == []
    shop.time_out()


def test_gift_cards_stand_apart(books: Books) -> None:
    shop = books.shop
    shop.publish(POINT_PER_RIYAL, further_units=[{"unit": "SAR"}])
    shop.gift_card(5000)
    shop.adjust(shop.customer(), 70)
    cards, points = books.liability()
    assert (cards["unit"], cards["holders"], cards["outstanding"]) == (
        "SAR",
        "gift_cards",
        {"units": 5000, "money": 5000},
    )
    assert (points["unit"], points["holders"], points["movements"]["adjusted"]) == ("points", "customers", 70)
    assert accounts(books.journal("2036-03-02", "2036-03-02")) == {
        "Gift card sales": Decimal("50.00"),
        "Gift card liability": Decimal("-50.00"),
    }


def test_breakage_is_null_until_enough_is_known(books: Books) -> None:
    """Three months of forty lots each, of which a quarter died; the fourth month has an end to come."""
    shop = books.shop
    shop.publish(POINT_PER_RIYAL, worth=A_TWENTIETH, expiry=THIRTY_DAYS)
    everyone = [shop.customer() for _ in range(40)]
    cup = shop.offer(75)
    for month in range(4):
        books.wait(days=1 + 31 * month)
        known = [kind["breakage"]["rate"] for kind in books.liability()]
        assert known == ([] if month == 0 else [0.25] if month == 3 else [None])
        shop.record(*(shop.sale(customer_id, line("THING", 1, 10000)) for customer_id in everyone))
        if month < 3:
            for customer_id in everyone:
                shop.redeem(customer_id, cup)
        shop.expire()
    (points,) = books.liability()
    breakage = points["breakage"]
    assert (breakage["months"], breakage["lots"], breakage["expired"], breakage["burnt"]) == (3, 120, 3000, 9000)
    assert (breakage["rate"], breakage["expected"]) == (0.25, {"units": 1000, "money": 5000})


def test_what_the_file_is_like(books: Books) -> None:
    asked = {"from": "2036-03-01", "to": "2036-03-02"}
    plain, marked = [
        books.client.get("/v1/reports/journal", params={**asked, **more}) for more in ({}, {"bom": "true"})
    ]
    assert plain.content == b"date,account,debit,credit,currency,unit,units,cause\r\n"
    assert marked.content == b"\xef\xbb\xbf" + plain.content
    assert plain.headers["content-type"] == "text/csv; charset=utf-8"
    assert plain.headers["content-disposition"] == 'attachment; filename="journal-2036-03-01-2036-03-02.csv"'


@pytest.mark.parametrize(
    ("path", "asked", "code"),
    [
        pytest.param("liability", {"as_of": later(seconds=1).isoformat()}, "moment_in_future", id="tomorrow's"),
        pytest.param("liability", {"as_of": "2036-03-01T09:00:00"}, "invalid_request", id="a moment without a zone"),
        pytest.param(
            "liability",
            {"as_of": later(days=-2).isoformat(), "since": later(days=-1).isoformat()},
            "invalid_period",
            id="backwards",
        ),
        pytest.param("journal", {"from": "2036-03-02", "to": "2036-03-01"}, "invalid_period", id="days backwards"),
        pytest.param("journal", {"from": "2036-03-02", "to": "2036-03-03"}, "invalid_period", id="a day to come"),
        pytest.param("journal", {"from": "2035-03-01", "to": "2036-03-02"}, "invalid_period", id="too many days"),
        pytest.param("journal", {"from": "2036-03-01"}, "invalid_request", id="no end"),
        pytest.param(
            "journal",
            {"from": "2036-03-01", "to": "2036-03-02", "liability": "=1+1"},
            "invalid_request",
            id="an account that is a formula",
        ),
    ],
)
def test_what_is_asked_amiss(client: httpx.Client, path: str, asked: dict[str, str], code: str) -> None:
    refused = client.get(f"/v1/reports/{path}", params=asked)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_a_year_ends_where_the_next_begins(books: Books) -> None:
    """A leap year has 366 days, and all of them can be asked for at once."""
    books.wait(days=400)
    assert books.journal("2036-03-02", (later(days=0) + timedelta(days=365)).date().isoformat()) == []


def test_what_an_allowance_still_sets_aside_is_held(books: Books) -> None:
    books.shop.publish(POINT_PER_RIYAL, pay_with_points={"worth": 5})
    ana = books.shop.customer()
    books.shop.adjust(ana, 100)
    token, _row = books.shop.allow(ana, 60)
    tenders = [{"kind": "points", "amount": 100, "allowance": token}]
    books.shop.sell(ana, line("THING", 1, 100), tenders=tenders)
    (points,) = books.liability()
    assert [points[name]["units"] for name in ("outstanding", "spendable", "held")] == [80, 40, 40]
