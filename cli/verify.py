"""`wafa verify`: the proof that no point was lost, doubled or invented, and no event went unheard."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from itertools import islice

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chassis.data.migrations import DATABASES
from chassis.data.verification import Breach
from chassis.settings import Settings
from cli.databases import open_database
from cli.delivery import undelivered

ROWS_SHOWN_MAX = 50
ASK_EVERY_SECONDS = 1
ASKED_AT_ONCE = 3


def verify(settings: Settings, console: Console, *, wait_seconds: float, at: datetime) -> bool:
    """Ask every service and every pair of them; print what was asked and the rows that are wrong. True when none is."""
    wait_until_heard(settings, wait_seconds)
    found: list[Breach] = []
    services = [*filter(has_proof, DATABASES)]
    with ThreadPoolExecutor() as helpers:
        proofs = [helpers.submit(lambda name: [*breaches_of(settings, name, at)], service) for service in services]
        unheard = helpers.submit(lambda: [*undelivered(settings)])
        for service, proof in zip(services, proofs, strict=True):
            found += report(console, f"{service} agrees with itself", proof.result())
        found += report(console, "every event is heard", unheard.result())
    if found:
        show(console, found)
    return not found


def wait_until_heard(settings: Settings, seconds: float) -> None:
    """Give events on their way the time to arrive."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(islice(undelivered(settings), 1)):
        time.sleep(ASK_EVERY_SECONDS)


def has_proof(service: str) -> bool:
    """Whether a service can prove that what it keeps is right."""
    queries = f"{DATABASES[service]}.queries"
    return find_spec(queries) is not None and find_spec(f"{queries}.verify") is not None


def breaches_of(settings: Settings, service: str, at: datetime) -> Iterator[Breach]:
    """What a service's own proof finds."""
    proof = import_module(f"{DATABASES[service]}.queries.verify")
    with open_database(settings, service, connections=ASKED_AT_ONCE) as database:
        yield from proof.breaches(database, at)


def report(console: Console, question: str, breaches: list[Breach]) -> list[Breach]:
    """Print one answer."""
    mark = Text("✗", "red") if breaches else Text("✓", "green")
    console.print(mark, question, f"({len(breaches)} rows are wrong)" if breaches else "")
    return breaches


def show(console: Console, breaches: list[Breach]) -> None:
    """Print the wrong rows, or the first of many."""
    table = Table("invariant", "tenant", "row", "what is wrong")
    for breach in breaches[:ROWS_SHOWN_MAX]:
        table.add_row(breach.invariant, breach.tenant_id, breach.subject, breach.detail)
    console.print(table)
    if len(breaches) > ROWS_SHOWN_MAX:
        console.print(f"and {len(breaches) - ROWS_SHOWN_MAX} more")
