"""Draws over HTTP: announced, entered, read by who takes part."""

import hashlib
import json
import re
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from cli.main import app
from kernel.ids import CustomerId
from services.loyalty.operations.learn_customer import learn_customer
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.domain.draws import BICYCLE
from tests.services.loyalty.domain.pages import RULES
from tests.services.loyalty.draws import Draws, march
from tests.services.loyalty.shop import Shop

PAGE = RULES / "draws.md"


def test_a_draw_is_read_as_it_was_announced(client: httpx.Client) -> None:
    made = client.post("/v1/draws", json=march(alternates=2).model_dump(mode="json"))
    assert made.status_code == 201, made.text
    read = client.get(f"/v1/draws/{made.json()['id']}").json()
    assert read == made.json()
    assert (read["terms"]["alternates"], read["head"], read["version"]) == (
        2,
        {"lines": 0, "entries": 0, "hash": None},
        1,
    )
    assert "seed" not in made.text
    assert [each["id"] for each in client.get("/v1/draws").json()["data"]] == [read["id"]]


def test_terms_are_changed_by_version(client: httpx.Client) -> None:
    wish = {**march().model_dump(mode="json"), "opens_at": "2040-01-01T00:00:00Z", "closes_at": "2041-01-01T00:00:00Z"}
    draw = client.post("/v1/draws", json=wish).json()
    path = f"/v1/draws/{draw['id']}"
    changed = client.patch(path, json={"alternates": 4}, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.json()["version"], changed.headers["etag"]) == (200, 2, '"2"')
    assert changed.json()["commitment"] == draw["commitment"]
    assert client.patch(path, json={"alternates": 5}, headers={"if-match": '"1"'}).status_code == 412
    assert client.patch(path, json={"closes_at": "2039-01-01T00:00:00Z"}, headers={"if-match": "*"}).status_code == 422
    assert client.patch(path, json={"draw": "other"}, headers={"if-match": "*"}).status_code == 422


@pytest.mark.parametrize(
    "wish", [{"prizes": []}, {"alternates": -1}, {"closes_at": "2036-03-02T09:00:00Z"}, {"stake": 5}, {"draw": "A b"}]
)
def test_terms_that_cannot_be(client: httpx.Client, shop: Shop, wish: dict[str, object]) -> None:
    answer = client.post("/v1/draws", json={**march().model_dump(mode="json"), **wish})
    assert answer.status_code == 422
    assert shop.rows("SELECT * FROM prize_draws") == []


def test_a_customer_reads_what_finds_their_entries(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    draw_id = Draws(shop).create(opens_at="2026-01-01T00:00:00Z", closes_at="2040-01-01T00:00:00Z")
    Draws(shop).enter(draw_id, ana, 3)
    (mine,) = client.get(f"/v1/customers/{ana}/draws").json()["data"]
    assert (mine["draw_id"], mine["entries"], mine["status"]) == (draw_id, 3, "open")
    text = f"{draw_id}\n{ana}\n{mine['salt']}"
    assert mine["entrant"] == hashlib.sha256(text.encode()).hexdigest()
    assert client.get(f"/v1/customers/{shop.customer()}/draws").json()["data"] == []


@pytest.mark.parametrize(
    ("total", "before", "entries", "short_by"), [(14_999, 0, 2, None), (3_000, 0, 0, 2_000), (300_000, 48, 2, None)]
)
def test_the_page_says_what_sales_bring(
    client: httpx.Client, shop: Shop, total: int, before: int, entries: int, short_by: int | None
) -> None:
    terms, rule = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)]
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create(draw=terms["draw"], entries_per_customer=terms["entries_per_customer"])
    shop.publish(rule)
    if before:
        draws.enter(draw_id, ana, before)
    sold = shop.sell(ana, line("A", 1, total)).purchase
    answer = client.get(f"/v1/purchases/{sold.id}").json()
    assert [effect["entries"] for effect in answer["effects"]] == ([entries] if entries else [])
    assert [miss["short_by"] for miss in answer["misses"]] == ([short_by] if short_by else [])


def test_the_published_file_is_all_that_a_check_needs(client: httpx.Client, shop: Shop, tmp_path: Path) -> None:
    draws = Draws(shop)
    draw_id = draws.create(alternates=1, beacon="a block")
    for _person in range(3):
        draws.enter(draw_id, shop.customer(), 2)
    path = f"/v1/draws/{draw_id}"
    assert client.get(f"{path}/proof").json()["code"] == "draw_not_closed"
    draws.close_by_clock()
    draws.follow()
    sealed = client.get(f"{path}/proof").json()
    assert (sealed["seed"], sealed["picks"], len(sealed["lines"])) == (None, [], 3)
    assert client.post(f"{path}/beacon", json={"value": "00ff"}).status_code == 200
    assert client.post(f"{path}/beacon", json={"value": "00fe"}).status_code == 409
    draws.follow()
    file = tmp_path / "proof.json"
    file.write_text(client.get(f"{path}/proof").text)
    assert json.loads(file.read_text())["lines"] == sealed["lines"]
    assert CliRunner().invoke(app, ["draw-proof", str(file)]).exit_code == 0
    winner, alternate = client.get(f"{path}/winners").json()["data"]
    assert (winner["prize"], winner["prize_name"], winner["status"]) == (0, BICYCLE["name"], "claimed")
    assert (alternate["prize"], alternate["status"]) == (None, "waiting")
    (mine,) = client.get(f"/v1/customers/{winner['customer_id']}/draws").json()["data"]
    assert [win["pick"] for win in mine["wins"]] == [1]
    options = ["--customer", winner["customer_id"], "--salt", mine["salt"]]
    told = CliRunner().invoke(app, ["draw-proof", str(file), *options])
    assert (told.exit_code, "has 2 of 6 entries" in " ".join(told.output.split())) == (0, True)


def test_a_win_that_is_forfeited_is_refused_and_passed_on(client: httpx.Client, shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.drawn(shop.customer(), shop.customer(), alternates=1, claim_days=1)
    (first, _), second = draws.picks(draw_id)[0][:2], draws.picks(draw_id)[1][0]
    with shop.database.transaction(shop.tenant_id) as db:
        learn_customer(db, shop.tenant_id, CustomerId(first), version=9, language="ar", status="blocked", at=shop.at)
    answer = client.post(
        f"/v1/draws/{draw_id}/winners/1/steps", json={"step": "claim"}, headers={"idempotency-key": "one"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "draw_win_settled")
    assert [pick[1:3] for pick in draws.picks(draw_id)] == [(0, "passed_over"), (0, "won")]
    given_up = client.post(
        f"/v1/draws/{draw_id}/winners/2/steps",
        json={"step": "give_up", "why": "declined", "note": "no room"},
        headers={"idempotency-key": "two"},
    ).json()
    assert (given_up["customer_id"], given_up["status"], given_up["note"]) == (second, "passed_over", "no room")
