"""The demo's shop: its tenant, the program it runs, and its reward. Made once, found again afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cli.demo.door import Door
from cli.demo.program import PROGRAM, REWARD, REWARD_PRICE
from cli.demo.year import Year, year_before

PROGRAM_NAME: Final = "The Complete Journey"
PAGE: Final = "100"


@dataclass(frozen=True)
class Shop:
    """What the player has to know of it."""

    tenant_id: str
    reward_id: str
    year: Year


def open_shop(door: Door) -> Shop:
    """Publish the program and offer the reward, unless that was done before."""
    tenant = door.get("/v1/tenant")
    publish_program(door)
    return Shop(tenant["id"], offer_reward(door), year_before(datetime.fromisoformat(tenant["created_at"])))


def publish_program(door: Door) -> None:
    """Have the demo's program live. One that was changed since then stays as it is."""
    program = next((one for one in every(door, "/v1/programs") if one["name"] == PROGRAM_NAME), None)
    if program is None:
        program = door.post("/v1/programs", {"name": PROGRAM_NAME, "document": PROGRAM}, key="demo-program")
    if all(version["status"] == "draft" for version in program["versions"]):
        door.post(f"/v1/programs/{program['id']}/versions/1/publish", {})


def offer_reward(door: Door) -> str:
    """The id of the demo's reward."""
    known = next((one for one in every(door, "/v1/rewards") if one["benefit"]["name"] == REWARD["name"]), None)
    reward = known or door.post("/v1/rewards", {"price": REWARD_PRICE, "benefit": REWARD}, key="demo-reward")
    return str(reward["id"])


def every(door: Door, path: str) -> Iterator[dict[str, Any]]:
    """All items of a list, page by page."""
    page = door.get(path, limit=PAGE)
    yield from page["data"]
    while page["next_cursor"]:
        page = door.get(path, limit=PAGE, cursor=page["next_cursor"])
        yield from page["data"]
