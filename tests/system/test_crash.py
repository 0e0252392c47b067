"""Processes are killed while purchases come in; afterwards every acknowledged purchase is there, exactly once."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, LiteralString

import psycopg
import pytest

from cli.demo.cursor import Cursor
from cli.demo.door import Door, open_door
from cli.demo.player import Player
from cli.demo.shop import open_shop
from cli.demo.source import find_source
from cli.environment import home_secrets
from tests.support.waiting import eventually
from tests.system.running import System, running_system

pytestmark = [pytest.mark.system, pytest.mark.timeout(1_500)]

BASKETS_MIN = 600
BASKETS_MAX = 6_000
BATCH = 20
VICTIMS = ("loyalty", "loyalty-worker", "broker")
ROUNDS = 2
PAUSE_SECONDS_MAX = 1.5
PATIENCE_SECONDS = 300.0
BOOKS: dict[str, LiteralString] = {
    "purchases": "SELECT count(*) FROM purchases",
    "accrued": "SELECT coalesce(sum(amount), 0)::int FROM entries WHERE wallet = 'customer' AND kind = 'accrual'",
    "burned": "SELECT coalesce(-sum(amount), 0)::int FROM entries WHERE wallet = 'customer' AND kind = 'burn'",
    "redemptions": "SELECT count(*) FROM redemptions",
}
MESSAGES: LiteralString = "SELECT DISTINCT kind, state FROM messages WHERE state NOT IN ('no_address')"

Receipt = tuple[str, str]


class Witness(Door):
    """Notes the purchases that the API acknowledged. The same receipt must always be the same purchase."""

    def __init__(self, door: Door) -> None:
        super().__init__(door._client, patience_seconds=PATIENCE_SECONDS)
        self.acknowledged: dict[Receipt, str] = {}

    def post(self, path: str, content: object, *, key: str | None = None) -> dict[str, Any]:
        answer = super().post(path, content, key=key)
        for purchase in (result["purchase"] for result in answer.get("results", ()) if result.get("purchase")):
            receipt = (purchase["store_id"], purchase["external_id"])
            assert self.acknowledged.setdefault(receipt, purchase["id"]) == purchase["id"]
        return answer


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of real processes."""
    pytest.importorskip("pyarrow")
    with running_system(tmp_path_factory.mktemp("crash")) as system:
        yield system


def test_no_acknowledged_purchase_is_lost_or_doubled(system: System, record_property: Any) -> None:
    seed = random.randrange(10**6)
    record_property("seed", seed)
    with open_door(system.access["gateway_url"], system.access["api_key"]) as door:
        witness = Witness(door)
        cursor = play_while_dying(system, witness, random.Random(seed))

        assert not cursor.tally.refused
        assert len(witness.acknowledged) == cursor.tally.purchases
        for (store_id, external_id), purchase_id in witness.acknowledged.items():
            found = door.get("/v1/purchases", store_id=store_id, external_id=external_id)
            assert found["id"] == purchase_id
    proof = system.wafa("verify", "--wait", "120")
    assert proof.returncode == 0, proof.stdout + proof.stderr
    assert books(system) == {
        "purchases": cursor.tally.purchases,
        "accrued": cursor.tally.points_accrued,
        "burned": cursor.tally.points_burned,
        "redemptions": cursor.tally.redemptions,
    }
    # Households with an address also sign up for the newsletter: mail of several kinds goes out.
    eventually(lambda: {state for _, state in ends(system)} == {"sent"}, PATIENCE_SECONDS, every=1.0)
    assert {kind for kind, _ in ends(system)} >= {"welcome", "purchase", "activity"}


def play_while_dying(system: System, witness: Witness, dice: random.Random) -> Cursor:
    """Play small batches for as long as processes die, and at least so many baskets."""
    source = find_source()
    shop = open_shop(witness)
    cursor = Cursor(tenant_id=shop.tenant_id)
    player = Player(witness, shop, source.products(), source.coupon_days(), cursor)
    baskets = source.baskets()
    with ThreadPoolExecutor(1) as helpers:
        killing = helpers.submit(kill_again_and_again, system, dice)
        while not (killing.done() and cursor.baskets >= BASKETS_MIN):
            assert cursor.baskets < BASKETS_MAX, "the processes take too long to die"
            player.play(list(islice(baskets, BATCH)))
            cursor.baskets += BATCH
        killing.result()
    return cursor


def kill_again_and_again(system: System, dice: random.Random) -> None:
    """Kill each victim several times, in any order, with little rest between."""
    for victim in dice.sample(VICTIMS * ROUNDS, len(VICTIMS) * ROUNDS):
        time.sleep(dice.uniform(0, PAUSE_SECONDS_MAX))
        system.kill(victim)


def books(system: System) -> dict[str, int]:
    """What loyalty's tables hold."""
    with opened(system, "wafa_loyalty") as admin:
        return {what: one(admin, query) for what, query in BOOKS.items()}


def ends(system: System) -> set[tuple[str, str]]:
    """Kinds and states of the messages to customers with an address."""
    with opened(system, "wafa_notifications") as admin:
        return {(kind, state) for kind, state in admin.execute(MESSAGES)}


def opened(system: System, database: str) -> psycopg.Connection[tuple[Any, ...]]:
    """One of its databases, as the superuser."""
    ports, secrets = system.home.read("ports.json"), home_secrets(system.home)
    return psycopg.connect(
        f"postgresql://postgres:{secrets['admin_password']}@127.0.0.1:{ports['postgres']}/{database}"
    )


def one(connection: psycopg.Connection[tuple[Any, ...]], query: LiteralString) -> int:
    """The one number that a query answers with."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
