"""Two of every process on one database and one broker: nothing is counted twice, lost, or kept from the other."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from kafka import TopicPartition

from chassis.data.database import Database
from chassis.events.kafka import admin, log_reader
from chassis.jobs import Job, run_for_one
from chassis.settings import Settings
from cli.environment import home_secrets, shared_environment
from contracts.scopes import SCOPES
from contracts.topics import PARTITIONS
from gateway.operations.create_api_key import create_api_key
from gateway.operations.create_tenant import create_tenant
from kernel.clock import utc_now
from kernel.ids import TenantId
from services.loyalty.schedules import JOBS
from tests.support.balancing import Balancer, one_address
from tests.support.waiting import eventually
from tests.system.running import System, free_port, running_system

ROOT = Path(__file__).parents[2]
WORKERS = ("customers", "loyalty", "notifications", "retention")
LISTENING = ("loyalty", "notifications", "retention")
RELAY_LOCK = """
    SELECT a.client_port FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.database = a.datid AND a.datname = current_database()
      AND l.objid = (hashtext('wafa relay')::bigint & 4294967295)::oid AND l.objsubid = 1
"""

pytestmark = [pytest.mark.system, pytest.mark.timeout(1_500)]


@dataclass
class Pair:
    """A running system, and beside it a second one of each of its processes.

    `left` and `right` are two gateways, each with a loyalty process of its own behind it; `front` is one address for
    both. The second workers are ours to kill; the first ones the supervisor brings back.
    """

    system: System
    settings: Settings
    left: str
    right: str
    front: str
    balancer: Balancer
    seconds: dict[str, subprocess.Popen[bytes]]
    start_second: Any
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def business(self, *rules: dict[str, Any]) -> "Business":
        """A new business with a program of these rules."""
        database = Database(self.settings, "gateway", pool_size=1)
        with database.transaction() as db:
            tenant = create_tenant(
                db, name="Café", livemode=False, currency="SAR", time_zone="Asia/Riyadh", at=utc_now()
            )
            _, key = create_api_key(db, tenant_id=TenantId(tenant.tenant_id), scopes=SCOPES, name="all", at=utc_now())
        database.dispose()
        business = Business(self, TenantId(tenant.tenant_id), key)
        business.publish(*rules)
        return business

    def ask_database(self, service: str, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a service's database, seen by the superuser."""
        assert self.settings.admin_url is not None
        with psycopg.connect(self.settings.admin_url.get_secret_value(), dbname=f"wafa_{service}") as connection:
            return connection.execute(question, values).fetchall()  # type: ignore[arg-type]

    def relay_leaders(self, service: str) -> set[int]:
        """The processes whose connection holds the relay's lock."""
        ports = {row[0] for row in self.ask_database(service, RELAY_LOCK)}
        first = self.system.process(f"{service}-worker").pid
        assert first is not None
        return {pid for pid in (first, self.seconds[service].pid) if ports & ports_of(pid)}

    def kill_leader(self, service: str) -> int:
        """End the process whose relay leads, without a word; returns which one it was."""
        eventually(lambda: self.relay_leaders(service), 120, every=0.2)
        [leader] = self.relay_leaders(service)
        os.kill(leader, signal.SIGKILL)
        if leader == self.seconds[service].pid:
            self.seconds[service].wait()
        return leader


@dataclass
class Business:
    """A business, asked for by a client for each address."""

    pair: Pair
    tenant_id: TenantId
    key: str
    program: str | None = None

    def client(self, address: str, key: str | None = None) -> httpx.Client:
        """A client of that address; for several threads."""
        headers = {"authorization": f"Bearer {key or self.key}"}
        limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
        return httpx.Client(base_url=address, headers=headers, timeout=60, limits=limits)

    def ask(self, address: str, method: str, path: str, content: object = None, key: str | None = None) -> Any:
        """What the API answers there. Raises HTTPStatusError."""
        headers = {"idempotency-key": key or f"two-{next(self.pair.numbers)}"} if method == "POST" else {}
        with self.client(address) as client:
            answer = client.request(method, path, json=content, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    def publish(self, *rules: dict[str, Any], at: str | None = None) -> None:
        """Publish a version with these rules, at that gateway."""
        address = at or self.pair.left
        document = {"currency": "SAR", "time_zone": "Asia/Riyadh", "rules": list(rules)}
        if self.program is None:
            made = self.ask(address, "POST", "/v1/programs", {"name": "Café", "document": document})
            self.program, version = made["id"], 1
        else:
            version = self.ask(address, "POST", f"/v1/programs/{self.program}/versions", {"document": document})[
                "version"
            ]
        self.ask(address, "POST", f"/v1/programs/{self.program}/versions/{version}/publish")

    def customers(self, number: int) -> list[str]:
        """New customers."""
        with self.client(self.pair.front) as client, ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda name: self._customer(client, name), range(number)))

    def _customer(self, client: httpx.Client, name: int) -> str:
        headers = {"idempotency-key": f"two-{next(self.pair.numbers)}"}
        made = client.post("/v1/customers", json={"name": f"C {name}", "language": "en"}, headers=headers)
        assert made.is_success, made.text
        customer_id: str = made.json()["id"]
        return customer_id

    def basket(self, customer_id: str | None, price: int = 1_000, **changes: Any) -> dict[str, Any]:
        """A basket of one line under a receipt of its own."""
        return {
            "customer_id": customer_id,
            "store_id": "riyadh-1",
            "external_id": f"R-{next(self.pair.numbers)}",
            "occurred_at": utc_now().isoformat(),
            "currency": "SAR",
            "lines": [{"sku": "tea", "name": "Tea", "categories": ["drinks"], "quantity": 1, "unit_price": price}],
            **changes,
        }

    def points_of(self, purchase: dict[str, Any]) -> int:
        """What a purchase gave."""
        return sum(effect["amount"] for effect in purchase["effects"] if effect["kind"] == "accrue")

    def balance(self, address: str, customer_id: str) -> int:
        """What a customer can spend, as seen there."""
        available: int = self.ask(address, "GET", f"/v1/customers/{customer_id}/balance")["available"]
        return available


def earn(per: int = 1_000, **terms: Any) -> dict[str, Any]:
    """One point for so many halalas."""
    return {"kind": "earn", "id": "points", "name": {"en": "Points", "ar": "نقاط"}, "per": per, **terms}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two of each, on a home of their own."""
    with running_system(tmp_path_factory.mktemp("pair")) as system, ExitStack() as running:
        ports, secrets = system.home.read("ports.json"), home_secrets(system.home)
        assert ports is not None
        told = shared_environment(ports, secrets)
        folder = system.home.logs

        def start(module: str, **changes: str) -> tuple[subprocess.Popen[bytes], int]:
            port = free_port()
            environment = {**os.environ, "PYTHONPATH": str(ROOT), **told, **changes, "WAFA_PORT": str(port)}
            with (folder / f"second-{module}.log").open("ab") as log:
                process = subprocess.Popen([sys.executable, "-m", module], env=environment, stdout=log, stderr=log)
            running.callback(end, process)
            return process, port

        _, second_loyalty = start("services.loyalty.app")
        _, second_gateway = start("gateway.app", WAFA_LOYALTY_URL=f"http://127.0.0.1:{second_loyalty}")
        workers = {service: start(f"services.{service}.worker") for service in WORKERS}
        workers["gateway"] = start("gateway.worker")
        for port in (second_loyalty, second_gateway, *(port for _, port in workers.values())):
            eventually(lambda port=port: is_ready(port), 240, every=0.2)  # type: ignore[misc]
        front, balancer = running.enter_context(one_address(ports["gateway"], second_gateway))
        superuser = f"postgresql://postgres:{secrets['admin_password']}@127.0.0.1:{ports['postgres']}/postgres"
        told_settings = {name.removeprefix("WAFA_").lower(): value for name, value in told.items()}
        yield Pair(
            system,
            Settings(**told_settings, admin_url=superuser),  # type: ignore[arg-type]
            *(f"http://127.0.0.1:{port}" for port in (ports["gateway"], second_gateway, front)),
            balancer,
            {service: process for service, (process, _) in workers.items()},
            start,
        )


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process of ours that may be dead already."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def is_ready(port: int) -> bool:
    """Whether the process that listens there says that it is ready."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def ports_of(pid: int) -> set[int]:
    """The ports a process speaks from."""
    try:
        return {one.laddr.port for one in psutil.Process(pid).net_connections("tcp") if one.laddr}
    except psutil.NoSuchProcess:
        return set()


def test_a_limit_for_everyone_is_exact_over_both(pair: Pair) -> None:
    shop = pair.business(earn(limits=[{"at_most": 10, "each": "everyone"}]))
    customers = shop.customers(20)
    baskets = [shop.basket(customer_id) for _ in range(10) for customer_id in customers]
    with shop.client(pair.front) as client, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda basket: client.post("/v1/purchases", json=basket), baskets))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(shop.points_of(answer.json()) for answer in answers) == [0] * 190 + [1] * 10
    assert sum(shop.balance(pair.right, customer_id) for customer_id in customers) == 10
    assert len(pair.balancer.given) == 2, "both gateways were given connections"


def test_one_customers_points_are_spent_once_over_both(pair: Pair) -> None:
    shop = pair.business(earn())
    [customer_id] = shop.customers(1)
    shop.ask(pair.left, "POST", "/v1/purchases", shop.basket(customer_id, 10_000))
    wish = {"customer_id": customer_id, "amount": 1, "seconds": 600}
    with shop.client(pair.left) as left, shop.client(pair.right) as right, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: hold((left, right)[n % 2], n, wish), range(40)))
    assert Counter(answer.status_code for answer in answers) == {201: 10, 422: 30}
    assert shop.balance(pair.left, customer_id) == shop.balance(pair.right, customer_id) == 0


def hold(client: httpx.Client, number: int, wish: dict[str, Any]) -> httpx.Response:
    """Ask for a hold."""
    return client.post("/v1/holds", json=wish, headers={"idempotency-key": f"hold-{number}"})


def test_a_receipt_is_one_purchase_wherever_it_comes(pair: Pair) -> None:
    shop = pair.business(earn())
    customers = shop.customers(5)
    baskets = [shop.basket(customer_id) for customer_id in customers * 6]
    with shop.client(pair.left) as left, shop.client(pair.right) as right, ThreadPoolExecutor(16) as pool:
        twice = [(client, basket) for basket in baskets for client in (left, right)]
        answers = list(pool.map(lambda sale: sale[0].post("/v1/purchases", json=sale[1]), twice))
        assert all(answer.is_success for answer in answers)
        ids = [answer.json()["id"] for answer in answers]
        assert ids[::2] == ids[1::2]
        assert len(set(ids)) == len(baskets)
        other = right.post("/v1/purchases", json=baskets[0] | {"lines": shop.basket(None, 5)["lines"]})
    assert other.status_code == 409
    assert [shop.balance(pair.left, customer_id) for customer_id in customers] == [6] * 5


def test_an_idempotency_key_is_remembered_by_the_other(pair: Pair) -> None:
    shop = pair.business(earn())
    [customer_id] = shop.customers(1)
    shop.ask(pair.left, "POST", "/v1/purchases", shop.basket(customer_id))
    wish = {"customer_id": customer_id, "amount": 7, "reason": "goodwill"}
    first = shop.ask(pair.left, "POST", "/v1/adjustments", wish, key="once")
    assert shop.ask(pair.right, "POST", "/v1/adjustments", wish, key="once") == first

    def adjust(number: int) -> dict[str, Any]:
        answer: dict[str, Any] = shop.ask(
            (pair.left, pair.right)[number % 2], "POST", "/v1/adjustments", wish, key=f"k{number // 2}"
        )
        return answer

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(adjust, range(20)))
    assert answers[::2] == answers[1::2]
    assert len({answer["id"] for answer in answers}) == 10
    assert shop.balance(pair.right, customer_id) == 1 + 7 + 10 * 7


def test_a_program_published_at_one_decides_at_the_other_at_once(pair: Pair) -> None:
    """No sale after the answer to the publishing is decided by the version before, though both had it at hand."""
    shop = pair.business(earn())
    [customer_id] = shop.customers(1)
    for times in range(1, 6):
        if times > 1:
            shop.publish(earn(per=1_000 // times), at=pair.left)
        for address in (pair.right, pair.left):
            assert shop.points_of(shop.ask(address, "POST", "/v1/quotes", shop.basket(customer_id))) == times
            assert shop.points_of(shop.ask(address, "POST", "/v1/purchases", shop.basket(customer_id))) == times


def test_a_balance_known_from_one_is_not_taken_for_new_by_the_other(pair: Pair) -> None:
    shop = pair.business(earn())
    [customer_id] = shop.customers(1)
    shop.ask(pair.left, "POST", "/v1/purchases", shop.basket(customer_id))
    path = f"/v1/customers/{customer_id}/balance"
    with shop.client(pair.left) as left, shop.client(pair.right) as right:
        known = left.get(path).headers["etag"]
        assert right.get(path, headers={"if-none-match": known}).status_code == 304
        shop.ask(pair.left, "POST", "/v1/purchases", shop.basket(customer_id))
        anew = right.get(path, headers={"if-none-match": known})
    assert (anew.status_code, anew.json()["available"]) == (200, 2)


def test_a_key_revoked_at_one_is_refused_by_the_other(pair: Pair, record_property: Any) -> None:
    shop = pair.business(earn())
    made = shop.ask(pair.left, "POST", "/v1/api_keys", {"name": "till", "scopes": ["programs:read"]})
    with shop.client(pair.left, made["key"]) as left, shop.client(pair.right, made["key"]) as right:
        assert left.get("/v1/programs").status_code == right.get("/v1/programs").status_code == 200
        shop.ask(pair.left, "POST", f"/v1/api_keys/{made['id']}/revoke")
        revoked = time.monotonic()
        for client in (right, left):
            eventually(lambda client=client: client.get("/v1/programs").status_code == 401)  # type: ignore[misc]
        record_property("seconds until both refused", round(time.monotonic() - revoked, 1))


def test_four_schedulers_do_what_is_due_once(pair: Pair) -> None:
    """The two workers' own, and two more that run every job of loyalty's at the same moment."""
    shop = pair.business(earn())
    customers = shop.customers(10)
    for customer_id in customers:
        soon = (utc_now() + timedelta(seconds=15)).isoformat()
        wish = {"customer_id": customer_id, "amount": 5, "reason": "test"}
        shop.ask(pair.front, "POST", "/v1/adjustments", wish)
        shop.ask(pair.front, "POST", "/v1/adjustments", {**wish, "expires_at": soon})
        shop.ask(pair.front, "POST", "/v1/holds", {"customer_id": customer_id, "amount": 3, "seconds": 1})
    eventually(lambda: utc_now().isoformat() > soon, every=0.2)
    databases = [Database(pair.settings, "loyalty", pool_size=1) for _ in range(2)]
    barrier = threading.Barrier(2)

    def schedule(database: Database) -> None:
        for _ in range(2):
            for job in JOBS:
                barrier.wait(60)
                run(database, job)

    def run(database: Database, job: Job) -> None:
        run_for_one(database, job, shop.tenant_id, utc_now())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(schedule, databases))
    for database in databases:
        database.dispose()
    held = "SELECT count(*)::int FROM holds WHERE tenant_id = %s AND status = 'expired'"
    assert pair.ask_database("loyalty", held, shop.tenant_id) == [(10,)]
    expired = """
        SELECT customer_id, sum(amount)::int FROM entries
        WHERE tenant_id = %s AND wallet = 'customer' AND kind = 'expiry' GROUP BY 1
    """
    of_customers = set(pair.ask_database("loyalty", expired, shop.tenant_id))
    assert of_customers == {(customer_id, -5) for customer_id in customers}
    told = (
        "SELECT key, count(*)::int FROM outbox WHERE tenant_id = %s AND type = 'loyalty.points_expired.v1' GROUP BY 1"
    )
    assert set(pair.ask_database("loyalty", told, shop.tenant_id)) == {(customer_id, 1) for customer_id in customers}
    assert [shop.balance(pair.front, customer_id) for customer_id in customers] == [5] * 10


def test_the_partitions_are_shared_by_two_listeners(pair: Pair) -> None:
    with closing(admin(pair.settings)) as client:
        for group in LISTENING:
            eventually(lambda group=group: halved(client, group), 120, every=0.5)  # type: ignore[misc]


def halved(client: Any, group: str) -> bool:
    """Whether two members of a group each have half of the partitions of every topic it hears."""
    found: dict[str, list[int]] = {}
    for member in client.describe_groups([group])[group]["members"]:
        # One that is still joining has nothing, not even in that form.
        for assigned in (member["member_assignment"] or {"assigned_partitions": []})["assigned_partitions"]:
            found.setdefault(assigned["topic"], []).append(len(assigned["partitions"]))
    return len(found) >= 2 and all(shares == [PARTITIONS // 2] * 2 for shares in found.values())


def test_one_relay_leads_and_when_it_is_killed_the_other_does(pair: Pair) -> None:
    shop = pair.business(earn())
    customers = shop.customers(12)
    for service in (*WORKERS, "gateway"):
        eventually(lambda service=service: len(pair.relay_leaders(service)) == 1, 120, every=0.2)  # type: ignore[misc]
    killed = []
    with selling(shop, customers) as sold:
        for _ in range(3):
            enough = len(sold) + 150
            eventually(lambda enough=enough: len(sold) >= enough)  # type: ignore[misc]
            killed.append(pair.kill_leader("loyalty"))
            if killed[-1] == pair.seconds["loyalty"].pid:
                pair.seconds["loyalty"], _ = pair.start_second("services.loyalty.worker")
    assert len(set(killed)) == 3
    eventually(lambda: not unsent(pair, shop), 120, every=0.2)
    eventually(lambda: len(pair.relay_leaders("loyalty")) == 1, 120, every=0.2)

    published: dict[str, list[str]] = {}
    question = "SELECT key, id FROM outbox WHERE tenant_id = %s ORDER BY position"
    for key, event_id in pair.ask_database("loyalty", question, shop.tenant_id):
        published.setdefault(key, []).append(event_id)
    assert sum(map(len, published.values())) >= len(sold)
    assert first_comings(pair, shop.tenant_id) == published, "every event is there, and each customer's in order"


@contextmanager
def selling(shop: Business, customers: Sequence[str]) -> Iterator[list[str]]:
    """Sell to all of them again and again during the block, at both gateways."""
    sold: list[str] = []
    over = threading.Event()

    def sell(client: httpx.Client, own: Sequence[str]) -> None:
        while not over.is_set():
            for customer_id in own:
                answer = client.post("/v1/purchases", json=shop.basket(customer_id))
                assert answer.status_code == 201, answer.text
                sold.append(answer.json()["id"])

    with shop.client(shop.pair.left) as left, shop.client(shop.pair.right) as right, ThreadPoolExecutor(4) as pool:
        tills = [pool.submit(sell, (left, right)[n % 2], customers[n::4]) for n in range(4)]
        try:
            yield sold
        finally:
            over.set()
        for till in tills:
            till.result()


def unsent(pair: Pair, shop: Business) -> int:
    """How many of the business's events the broker has not got."""
    question = "SELECT count(*)::int FROM outbox WHERE tenant_id = %s AND sent_offset IS NULL"
    [(number,)] = pair.ask_database("loyalty", question, shop.tenant_id)
    waiting: int = number
    return waiting


def first_comings(pair: Pair, tenant_id: str) -> dict[str, list[str]]:
    """The ids of a tenant's events by key, in the order in which the topic has each for the first time."""
    reader = log_reader(pair.settings)
    found: dict[str, dict[str, None]] = {}
    with closing(reader):
        partitions = [TopicPartition("loyalty.events", n) for n in reader.partitions_for_topic("loyalty.events") or ()]
        reader.assign(partitions)
        reader.seek_to_beginning(*partitions)
        ends = reader.end_offsets(partitions)
        while any(reader.position(partition) < stop for partition, stop in ends.items()):
            for records in reader.poll(timeout_ms=1_000).values():
                for record in records:
                    headers = dict(record.headers)
                    if headers["ce_tenantid"].decode() == tenant_id:
                        found.setdefault(record.key.decode(), {})[headers["ce_id"].decode()] = None
    return {key: list(ids) for key, ids in found.items()}


def test_when_a_listener_is_killed_the_other_hears_its_share(pair: Pair) -> None:
    shop = pair.business(earn())
    customers = shop.customers(12)
    with selling(shop, customers) as sold:
        for service in ("retention", "notifications"):
            enough = len(sold) + 100
            eventually(lambda enough=enough: len(sold) >= enough)  # type: ignore[misc]
            pair.seconds[service].kill()
            pair.seconds[service].wait()
    visits = "SELECT count(*)::int FROM visits WHERE tenant_id = %s"
    eventually(lambda: pair.ask_database("retention", visits, shop.tenant_id) == [(len(sold),)], 240, every=0.5)


def test_afterwards_everything_agrees(pair: Pair) -> None:
    proof = pair.system.wafa("verify", "--wait", "180")
    assert proof.returncode == 0, proof.stdout + proof.stderr
