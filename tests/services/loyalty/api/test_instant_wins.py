"""Instant wins over HTTP: announced, played, and read by who takes part."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli.main import app
from kernel.ids import CustomerId, new_id
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.domain.instant_wins import BAG, holds
from tests.services.loyalty.domain.pages import RULES
from tests.services.loyalty.instant_wins import InstantWins, week
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop

PAGE = (RULES / "instant-win.md").read_text()
TERMS, RULE = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
LONG = {"opens_at": "2026-01-01T00:00:00Z", "closes_at": "2040-01-01T00:00:00Z"}


def keyed() -> dict[str, str]:
    return {"idempotency-key": new_id("req")}


def announced(client: httpx.Client, **terms: Any) -> str:
    """Announce one that is open; answers its path."""
    made = client.post("/v1/instant_wins", json={**week().model_dump(mode="json"), **LONG, **terms})
    assert made.status_code == 201, made.text
    return f"/v1/instant_wins/{made.json()['id']}"


def given(client: httpx.Client, path: str, customer_id: CustomerId, plays: int = 1) -> list[str]:
    wish = {"customer_id": customer_id, "plays": plays, "reason": "asked for it"}
    made = client.post(f"{path}/plays", json=wish, headers=keyed())
    assert made.status_code == 201, made.text
    return [play["id"] for play in made.json()["data"]]


def test_it_is_read_as_it_was_announced(client: httpx.Client) -> None:
    made = client.post("/v1/instant_wins", json={**TERMS, **LONG})
    assert made.status_code == 201, made.text
    read = client.get(f"/v1/instant_wins/{made.json()['id']}").json()
    assert read == made.json()
    assert (read["status"], read["won"], read["version"]) == ("open", [0, 0, 0], 1)
    assert "secret" not in made.text
    assert [each["id"] for each in client.get("/v1/instant_wins").json()["data"]] == [read["id"]]


def test_terms_are_changed_by_version(client: httpx.Client) -> None:
    path = announced(client, opens_at="2040-01-01T00:00:00Z", closes_at="2041-01-01T00:00:00Z")
    changed = client.patch(path, json={"out_of": 4}, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.json()["version"], changed.headers["etag"]) == (200, 2, '"2"')
    assert client.patch(path, json={"out_of": 5}, headers={"if-match": '"1"'}).status_code == 412
    assert client.patch(path, json={"budget": 5}, headers={"if-match": "*"}).status_code == 422
    assert client.patch(path, json={"instant_win": "other"}, headers={"if-match": "*"}).status_code == 422


@pytest.mark.parametrize(
    "wish",
    [
        {"prizes": []},
        {"prizes": [{**BAG, "chances": 2}]},
        {"out_of": 0},
        {"out_of": 1.5},
        {"closes_at": "2026-01-01T00:00:00Z"},
        {"price": 5},
        {"instant_win": "A b"},
    ],
)
def test_terms_that_cannot_be(client: httpx.Client, shop: Shop, wish: dict[str, object]) -> None:
    answer = client.post("/v1/instant_wins", json={**week().model_dump(mode="json"), **LONG, **wish})
    assert answer.status_code == 422
    assert shop.rows("SELECT * FROM instant_wins") == []


def test_a_play_from_giving_to_the_hand(client: httpx.Client, shop: Shop) -> None:
    ana = shop.customer()
    path = announced(client)
    (play,) = given(client, path, ana)
    (mine,) = client.get(f"/v1/customers/{ana}/plays").json()["data"]
    assert (mine["id"], mine["status"], mine["outcome"], mine["prize_name"]) == (play, "unplayed", None, None)
    first = client.post(f"{path}/plays/{play}/play", headers=keyed())
    assert first.status_code == 200, first.text
    won = first.json()
    assert (won["status"], won["outcome"], won["prize"], won["prize_name"]) == ("played", "won", 0, BAG["name"])
    again = client.post(f"{path}/plays/{play}/play", headers=keyed())
    assert again.json() == won, "the same answer under another key"
    handed = client.post(f"{path}/plays/{play}/hand_over", headers=keyed())
    assert handed.json()["handed_over_at"] is not None
    (listed,) = client.get(f"{path}/plays", params={"outcome": "won"}).json()["data"]
    assert listed == handed.json()
    assert client.get(f"{path}/plays", params={"outcome": "nothing"}).json()["data"] == []
    assert client.get(path).json()["won"] == [1]


def test_plays_are_given_once_for_a_key(client: httpx.Client, shop: Shop) -> None:
    path, headers = announced(client), keyed()
    wish = {"customer_id": shop.customer(), "plays": 2, "reason": "asked for it"}
    first, second = [client.post(f"{path}/plays", json=wish, headers=headers) for _ in range(2)]
    assert first.json() == second.json()
    assert len(shop.rows("SELECT * FROM plays")) == 2
    for wrong in ({"plays": 0}, {"plays": 1.5}, {"reason": ""}, {"price": 1}):
        assert client.post(f"{path}/plays", json={**wish, **wrong}, headers=keyed()).status_code == 422


def test_the_proof_is_shown_when_it_is_over(client: httpx.Client, shop: Shop, tmp_path: Path) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    path = announced(client, out_of=2, prizes=[{**BAG, "stock": 1, "award": {"points": 5}}])
    for play in given(client, path, ana, 10):
        assert client.post(f"{path}/plays/{play}/play", headers=keyed()).status_code == 200
    refused = client.get(f"{path}/proof")
    assert (refused.status_code, refused.json()["code"]) == (409, "instant_win_not_over")
    stopped = client.post(f"{path}/stop", json={"reason": "enough"})
    assert (stopped.json()["status"], stopped.json()["reason"]) == ("stopped", "enough")
    proof = client.get(f"{path}/proof")
    assert holds(proof.json())
    assert ana not in proof.text
    file = tmp_path / "proof.json"
    file.write_text(proof.text)
    assert CliRunner().invoke(app, ["instant-win-proof", str(file)]).exit_code == 0
    more = client.post(f"{path}/plays", json={"customer_id": ana, "reason": "too late"}, headers=keyed())
    assert (more.status_code, more.json()["code"]) == (409, "instant_win_not_open")


@pytest.mark.parametrize(("total", "plays", "short_by"), [(14_999, 2, None), (3_000, 0, 2_000)])
def test_the_page_says_what_sales_bring(
    client: httpx.Client, shop: Shop, total: int, plays: int, short_by: int | None
) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    wheels.create()
    shop.publish(RULE)
    sold = shop.sell(ana, line("A", 1, total)).purchase
    answer = client.get(f"/v1/purchases/{sold.id}").json()
    assert [effect["plays"] for effect in answer["effects"]] == ([plays] if plays else [])
    assert [miss["short_by"] for miss in answer["misses"]] == ([short_by] if short_by else [])
    mine = client.get(f"/v1/customers/{ana}/plays").json()["data"]
    assert [play["source"] for play in mine] == [sold.id] * plays


def test_the_page_says_what_comes_of_four_plays(shop: Shop) -> None:
    wheels, amal, badr, dana = InstantWins(shop), shop.customer(), shop.customer(), shop.customer()
    instant_win_id = wheels.create(prizes=[{**BAG, "stock": 2}], wins_per_customer={"at_most": 1})
    came = []
    for who in (amal, amal, badr, dana):
        (play,) = wheels.give(instant_win_id, who)
        came.append(str(wheels.play(instant_win_id, play).outcome))
    assert f"| outcome | {' | '.join(f'`{outcome}`' for outcome in came)} |" in PAGE
