"""Balances and statements over HTTP: cheap to poll, right by the clock."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.types import Receive, Scope, Send

from chassis.data.database import Database
from chassis.metrics import REQUESTS
from chassis.settings import Settings
from chassis.web.hot_routes import HotRoutes
from contracts import internal
from kernel.ids import new_id
from services.loyalty.api import balance_reader
from services.loyalty.queries import balances
from services.loyalty.queries.balances import LOTS, BalanceAsked, BalanceRead, read_balances
from tests.services.loyalty.conftest import Client
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def test_all_of_a_balance(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending_days=1)
    ana = shop.customer()
    shop.earn(ana, 40)
    shop.adjust(ana, 10, expires_at=later(days=2))
    shop.adjust(ana, 20)
    shop.hold(ana, 5)
    answer = client.get(f"/v1/customers/{ana}/balance")
    assert answer.json() == {
        "object": "balance",
        "customer_id": ana,
        "unit": "points",
        "balance": 70,
        "pending": 40,
        "held": 5,
        "available": 25,
        "next_expiry": {"at": "2036-03-04T09:00:00Z", "amount": 10},
        "version": 4,
        "as_of": "2036-03-02T09:00:00Z",
    }


def test_an_unchanged_balance_is_answered_without_asking_for_lots(
    client: httpx.Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=2))
    path = f"/v1/customers/{ana}/balance"
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"if-none-match": f'"other", W/{tag}'}).status_code == 304
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert client.get(path, headers={"if-none-match": "*"}).status_code == 304
    monkeypatch.setattr(balances, "LOTS", LOTS.replace("JOIN lots", "JOIN there_is_no_such_table"))
    answer = client.get(path, headers={"if-none-match": tag})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert client.get(path).status_code == 500, "that needs lots"


def test_the_tag_is_of_no_use_once_something_changed(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    path = f"/v1/customers/{ana}/balance"
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    hold = None
    for change in ("earn", "hold", "release"):
        if change == "earn":
            shop.adjust(ana, 10)
        elif change == "hold":
            hold = shop.hold(ana, 5)
        else:
            assert hold is not None
            shop.release(hold.id)
        answer = client.get(path, headers={"if-none-match": tag})
        assert answer.status_code == 200
        tag = answer.headers["etag"]


def test_the_tag_is_of_no_use_once_time_changed_the_balance(
    client: httpx.Client, shop: Shop, clock: time_machine.Traveller
) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=2))
    path = f"/v1/customers/{ana}/balance"
    tag = client.get(path).headers["etag"]
    clock.move_to(later(days=2, seconds=-1))
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    clock.move_to(later(days=2))
    answer = client.get(path, headers={"if-none-match": tag})
    assert (answer.status_code, answer.json()["balance"]) == (200, 0)
    shop.at = later(days=2)
    shop.expire()
    answer = client.get(path, headers={"if-none-match": tag})
    assert (answer.status_code, answer.json()["balance"]) == (200, 0)
    assert answer.headers["etag"] != tag


def test_units_that_became_spendable_have_a_tag_of_their_own(
    client: httpx.Client, shop: Shop, clock: time_machine.Traveller
) -> None:
    """And one that holds until something else happens, written to or not."""
    shop.publish(POINT_PER_RIYAL, pending_days=3, expiry={"kind": "rolling", "months": 1})
    ana = shop.customer()
    shop.earn(ana, 10)
    path = f"/v1/customers/{ana}/balance"
    waiting = client.get(path)
    assert (waiting.json()["pending"], waiting.json()["available"]) == (10, 0)
    clock.move_to(later(days=4))
    spendable = client.get(path, headers={"if-none-match": waiting.headers["etag"]})
    assert (spendable.status_code, spendable.json()["available"]) == (200, 10)
    tag = spendable.headers["etag"]
    clock.move_to(later(days=5))
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    clock.move_to(later(days=60))
    dead = client.get(path, headers={"if-none-match": tag})
    assert (dead.status_code, dead.json()["balance"]) == (200, 0)
    assert len({waiting.headers["etag"], tag, dead.headers["etag"]}) == 3
    assert client.get(path, headers={"if-none-match": dead.headers["etag"]}).status_code == 304


def test_a_hold_that_is_over_changes_the_tag(client: httpx.Client, shop: Shop, clock: time_machine.Traveller) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    shop.hold(ana, 4, minutes=1)
    path = f"/v1/customers/{ana}/balance"
    first = client.get(path)
    clock.move_to(later(minutes=1))
    answer = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (answer.status_code, first.json()["available"], answer.json()["available"]) == (200, 6, 10)


def test_another_unit_is_another_wallet(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    miles = client.get(f"/v1/customers/{ana}/balance", params={"unit": "miles"})
    assert (miles.json()["unit"], miles.json()["balance"], miles.headers["etag"]) == ("miles", 0, '"empty"')
    assert client.get(f"/v1/customers/{ana}/balance", params={"unit": "two words"}).status_code == 422


def ways_to_ask(ana: str, ben: str, stranger: str, card: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Method, target and headers: all that is asked for day by day, and what nobody should ask."""
    for customer_id in (ana, ben, stranger, card, new_id("cus"), "cus_nobody", "x" * 65, "%00", "a%2Fb"):
        for query in ("", "?unit=points", "?unit=miles"):
            yield "GET", f"/v1/customers/{customer_id}/balance{query}", {}
        yield "GET", f"/v1/customers/{customer_id}/balance?unit=two+words", {"accept-language": "ar"}
        yield "HEAD", f"/v1/customers/{customer_id}/balance", {}
    path = f"/v1/customers/{ana}/balance"
    for odd in ("?unit=", "?unit", "?unit=a&unit=miles", "?unit=po%69nts", "?x=1", "?unit=miles&x=1", "?unit=%00"):
        yield "GET", path + odd, {}
    for without in (internal.TOKEN, internal.SCOPES, internal.TENANT):
        yield "GET", path, {without: ""}
    yield "GET", path, {internal.SCOPES: "points:write", "accept-language": "ar"}
    yield "GET", path, {"content-length": "0"}
    yield "GET", path, {"content-length": "99999999"}
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        yield method, path, {}
    yield "GET", path + "/", {}
    for known in ('"empty"', '"2.5.0"', 'W/"2.5.0"', '"1", "2.5.0"', "*", "2.5.0", '"other"', ""):
        for customer_id in (ana, ben):
            yield "GET", f"/v1/customers/{customer_id}/balance", {"if-none-match": known}
            yield "HEAD", f"/v1/customers/{customer_id}/balance", {"if-none-match": known}


def test_read_with_others_or_alone_a_balance_is_the_same(
    app: FastAPI, call: Client, shop: Shop, other_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the byte, refusals included, and so is what is counted: the framework's own route is asked the same."""
    ana, ben, stranger = shop.customer(), shop.customer(), other_shop.customer()
    shop.adjust(ana, 40)
    shop.hold(ana, 5)
    shop.adjust(ben, 10, expires_at=later(days=2))
    other_shop.adjust(stranger, 10)
    card = shop.gift_card(5000).card.id
    client = call(shop.tenant_id)
    client.headers[internal.REQUEST_ID] = "req-7"
    seen: set[int] = set()
    for method, target, headers in ways_to_ask(ana, ben, stranger, card):
        answers, counts = [], []
        for hot_routes in (app.hot_routes, HotRoutes(())):  # type: ignore[attr-defined]
            with monkeypatch.context() as patched, counting() as counted:
                patched.setattr(app, "hot_routes", hot_routes)
                answer = client.request(method, target, headers=headers)
            answers.append((answer.status_code, answer.content, sorted(answer.headers.items())))
            counts.append(counted)
        assert answers[0] == answers[1], (method, target, headers)
        assert counts[0] == counts[1], (method, target, headers)
        seen.add(answers[0][0])
    assert seen == {200, 304, 307, 401, 403, 404, 405, 413, 422}


@contextmanager
def counting() -> Iterator[Counter[tuple[str, ...]]]:
    """How often what was answered meanwhile, by service, method, route and status."""

    def count() -> Counter[tuple[str, ...]]:
        samples = [sample for sample in next(iter(REQUESTS.collect())).samples if sample.name.endswith("_total")]
        return {tuple(sample.labels.values()): sample.value for sample in samples}

    before, counted = count(), dict[tuple[str, ...], float]()
    yield counted
    counted |= {
        labels: value - before.get(labels, 0) for labels, value in count().items() if value != before.get(labels)
    }


def test_what_is_asked_day_by_day_is_read_with_others(
    client: httpx.Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = shop.customer()
    shop.adjust(ana, 40)
    asked_the_framework: list[str] = []

    async def framework(_app: FastAPI, scope: Scope, _receive: Receive, _send: Send) -> None:
        asked_the_framework.append(scope["path"])

    monkeypatch.setattr(FastAPI, "__call__", framework)
    path = f"/v1/customers/{ana}/balance"
    first = client.get(path)
    assert (first.status_code, first.json()["balance"]) == (200, 40)
    assert client.get(path, params={"unit": "miles"}).json()["balance"] == 0
    assert client.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 304
    assert client.head(path).headers["etag"] == first.headers["etag"]
    assert asked_the_framework == []


def test_a_reading_that_had_begun_answers_nobody_who_came_later(
    client: httpx.Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has just bought something sees it, whatever else is being read at the time."""
    ana = shop.customer()
    has_read, go_on = threading.Event(), threading.Event()

    def slowly(db: Session, asked: Sequence[BalanceAsked], *, at: datetime) -> list[BalanceRead | None]:
        found = read_balances(db, asked, at=at)
        has_read.set()
        assert go_on.wait(10)
        return found

    monkeypatch.setattr(balance_reader, "read_balances", slowly)
    path = f"/v1/customers/{ana}/balance"
    with ThreadPoolExecutor() as connections:
        before = connections.submit(client.get, path)
        assert has_read.wait(10)
        shop.adjust(ana, 10)
        after = [connections.submit(client.get, path) for _ in range(3)]
        go_on.set()
    assert before.result().json()["balance"] == 0
    assert [answer.result().json()["balance"] for answer in after] == [10, 10, 10]


def test_while_the_database_is_away_balances_are_not_available(
    app: FastAPI, call: Client, settings: Settings, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = shop.customer()
    away = Database(settings.model_copy(update={"database_port": 9}), "loyalty")
    monkeypatch.setitem(app.state._state, "database", away)
    client = call(shop.tenant_id, language="ar")
    with counting() as counted, ThreadPoolExecutor() as connections:
        answers = list(connections.map(client.get, [f"/v1/customers/{ana}/balance"] * 5))
    away.dispose()
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "temporarily_unavailable")}
    assert counted == {("loyalty", "GET", "/v1/customers/{customer_id}/balance", "503"): 5}


def test_a_statement_runs_back_page_by_page(client: httpx.Client, shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 100)
    redeemed = shop.redeem(ana, shop.offer(30))
    shop.adjust(ana, 5)
    back = shop.take_back(sold)
    lines: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(f"/v1/customers/{ana}/statement", params={"limit": 2, **cursor}).json()
        lines += page["data"]
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert [(one["kind"], one["amount"], one["balance_after"]) for one in lines] == [
        ("reversal", -25, -25),
        ("reversal", -75, 0),
        ("adjustment", 5, 75),
        ("burn", -30, 70),
        ("accrual", 100, 100),
    ]
    assert [one["reference"] for one in lines[3:]] == [redeemed.redemption.id, sold]
    assert {one["reference"] for one in lines[:2]} == {back.id}
    assert all(one["text"] and one["object"] == "entry" for one in lines)
    assert len({one["id"] for one in lines}) == 5


def test_a_statement_speaks_the_readers_language(call: Client, shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 3)
    texts = [
        call(shop.tenant_id, language=language).get(f"/v1/customers/{ana}/statement").json()["data"][0]["text"]
        for language in ("en", "ar")
    ]
    assert "3 points" in texts[0]
    assert "3 نقاط" in texts[1]


@pytest.mark.parametrize("what", ["balance", "statement"])
def test_nobodys_wallet(call: Client, shop: Shop, what: str) -> None:
    refused = call(shop.tenant_id, language="ar").get(f"/v1/customers/cus_nobody/{what}")
    assert (refused.status_code, refused.json()["code"]) == (404, "customer_not_found")
    assert refused.json()["title"] == "لا يوجد عميل كهذا"
