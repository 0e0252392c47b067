"""P5's other half: who asks by an ETag whether a balance changed is answered 304, and no lot is looked at."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from bench.checks import Check, at_least, at_most
from bench.house import House
from bench.measures import headers
from bench.shop import Shop, database_url

ASKED = 200
Ask = Callable[[str, dict[str, str]], tuple[int, str | None]]
LOOKS = "SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE schemaname = 'public' AND relname = 'lots'"


def ask_unchanged(house: House, shop: Shop) -> list[Check]:
    """Read balances, then ask whether they have changed; the database's own counters say which tables that touched."""
    path = "/v1/customers/cus_{:026d}/balance"
    customers = range(1, min(ASKED, shop.customers) + 1)
    with connected(house) as ask:
        tags = {number: ask(path.format(number), {})[1] for number in customers}
    with psycopg.connect(database_url(house), autocommit=True) as db:
        let_counters_stand(db)
        before = looks(db)
        with connected(house) as ask:
            statuses = [ask(path.format(number), {"if-none-match": tag or "none"})[0] for number, tag in tags.items()]
        let_counters_stand(db)
        touched = looks(db) - before
    return [
        at_least("answered 304", sum(status == 304 for status in statuses) / len(statuses), 1.0, "of all"),
        at_most("times lots were read for that", touched, 0, ""),
    ]


def let_counters_stand(db: psycopg.Connection[tuple[int, ...]]) -> None:
    """Wait until what was done before is counted: a session tells of it when it has been idle, within ten seconds."""
    db.execute("SELECT pg_sleep(11)")


def looks(db: psycopg.Connection[tuple[int, ...]]) -> int:
    """How often the lots have been visited."""
    found = db.execute(LOOKS).fetchone()
    assert found is not None
    return found[0]


@contextmanager
def connected(house: House) -> Iterator[Ask]:
    """A connection to loyalty; asking gives the status and the ETag."""
    connection = http.client.HTTPConnection("127.0.0.1", house.ports["loyalty"], timeout=10)

    def ask(path: str, more: dict[str, str]) -> tuple[int, str | None]:
        connection.request("GET", path, headers={**headers(house, "loyalty"), **more})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("etag")

    try:
        yield ask
    finally:
        connection.close()
