"""`python -m bench.backtest <gateway url> <api key>`: how long a backtest of all a tenant sold takes.

Meant for the demo's year (`wafa demo --all` first). A draft that doubles the points is played, and the live version
after it.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import httpx

from kernel.clock import utc_now

SECONDS_MAX: Final = 600
PERIOD: Final = {
    "since": (utc_now() - timedelta(days=3650)).isoformat(),
    "until": utc_now().isoformat(),
}


@dataclass(frozen=True)
class Played:
    """A version that was played on all that was sold, and how long that took from question to answer."""

    title: str
    purchases: int
    seconds: float


def main() -> None:
    """Play both, and say how fast it went."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for played in play_both(*sys.argv[1:]):
        rate = played.purchases / played.seconds
        print(f"{played.title}: {played.purchases:,} purchases in {played.seconds:.1f} s, {rate:,.0f} a second")


def play_both(gateway_url: str, key: str) -> Iterator[Played]:
    """Have a draft played, and the live version after it. Raises RuntimeError when one does not end well."""
    with httpx.Client(base_url=gateway_url, headers={"authorization": f"Bearer {key}"}, timeout=60) as client:
        program = next(each for each in every_program(client) if live_version(each))
        live = live_version(program)
        for title, version in (("a draft", drafted(client, program["id"], live)), ("the live version", live)):
            seconds, found = play_one(client, program["id"], version)
            yield Played(title, found["progress"]["purchases"], seconds)


def every_program(client: httpx.Client) -> list[dict[str, Any]]:
    """The tenant's first programs."""
    programs: list[dict[str, Any]] = answered(client.get("/v1/programs"))["data"]
    return programs


def live_version(program: dict[str, Any]) -> int:
    """The number of its live version; zero when it has none."""
    return next((version["version"] for version in program["versions"] if version["status"] == "live"), 0)


def drafted(client: httpx.Client, program_id: str, live: int) -> int:
    """A draft of the live document with twice the points for everything."""
    document = answered(client.get(f"/v1/programs/{program_id}/versions/{live}"))["document"]
    for rule in document["rules"]:
        if rule["kind"] == "earn":
            rule["points"] *= 2
    return int(answered(client.post(f"/v1/programs/{program_id}/versions", json={"document": document}))["version"])


def play_one(client: httpx.Client, program_id: str, version: int) -> tuple[float, dict[str, Any]]:
    """Have it played; the seconds it took from question to answer, and the answer."""
    began = time.monotonic()
    asked = client.post(f"/v1/programs/{program_id}/versions/{version}/backtest", json=PERIOD)
    backtest = answered(asked)
    while backtest["status"] in ("queued", "running"):
        if time.monotonic() - began > SECONDS_MAX:
            raise RuntimeError(f"not done after {SECONDS_MAX} s: {backtest['progress']}")
        time.sleep(0.2)
        backtest = answered(client.get(asked.headers["location"]))
    if backtest["status"] != "done":
        raise RuntimeError(f"it {backtest['status']}: see the worker's log")
    return time.monotonic() - began, backtest


def answered(answer: httpx.Response) -> dict[str, Any]:
    """What the API said, unless it refused."""
    answer.raise_for_status()
    document: dict[str, Any] = answer.json()
    return document


if __name__ == "__main__":
    main()
