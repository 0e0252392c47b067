"""P5's other half: who asks by an ETag whether a balance changed is answered 304, and no lot is looked at."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from bench.checks import Check, at_least, at_most
from bench.house import House, until
from bench.measures import headers
from bench.shop import Shop, database_url

ASKED = 200
Ask = Callable[[str, dict[str, str]], tuple[int, str | None]]
# Visits of a table by any way, and rows that were found there.
LOOKS = """
    SELECT seq_scan + idx_scan AS visits FROM pg_stat_user_tables WHERE schemaname = 'public' AND relname = %s
"""


def ask_unchanged(house: House, shop: Shop) -> list[Check]:
    """Read balances, then ask whether they have changed; the database's own counters say which tables that touched."""
    path = "/v1/customers/cus_{:026d}/balance"
    customers = range(1, min(ASKED, shop.customers) + 1)
    with connected(house) as ask, psycopg.connect(database_url(house), autocommit=True) as db:
        tags = {number: ask(path.format(number), {})[1] for number in customers}
        # A session tells its counters when it has been idle for a while: wait until the wallets' stand still.
        stand_still(db)
        lots, wallets = looks(db, "lots"), looks(db, "wallets")
        statuses = [ask(path.format(number), {"if-none-match": tag or "none"})[0] for number, tag in tags.items()]
        until(lambda: looks(db, "wallets") >= wallets + len(statuses), "the counters of the database")
        touched = looks(db, "lots") - lots
    return [
        at_least("answered 304", sum(status == 304 for status in statuses) / len(statuses), 1.0, "of all"),
        at_most("times lots were read for that", touched, 0, ""),
    ]


def stand_still(db: psycopg.Connection[tuple[int, ...]]) -> None:
    """Wait until what was done before is counted: sessions tell within ten seconds."""
    db.execute("SELECT pg_sleep(11)")


def looks(db: psycopg.Connection[tuple[int, ...]], table: str) -> int:
    """How often a table has been visited."""
    found = db.execute(LOOKS, [table]).fetchone()
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
