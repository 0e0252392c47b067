"""The demo's shop: its tenant, the program it runs, its reward and its draw. Made once, found again afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cli.demo.door import Door
from cli.demo.program import DRAW, DRAW_NAME, PROGRAM, REWARD, REWARD_PRICE
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
    year = year_before(datetime.fromisoformat(tenant["created_at"]))
    publish_program(door, year)
    return Shop(tenant["id"], offer_reward(door), year)


def publish_program(door: Door, year: Year) -> None:
    """Have the demo's program live. One that was changed since then stays as it is."""
    program = next((one for one in every(door, "/v1/programs") if one["name"] == PROGRAM_NAME), None)
    if program is None:
        program = door.post("/v1/programs", {"name": PROGRAM_NAME, "document": PROGRAM}, key="demo-program")
    if all(version["status"] == "draft" for version in program["versions"]):
        announce_draw(door, year)
        door.post(f"/v1/programs/{program['id']}/versions/1/publish", {})


def announce_draw(door: Door, year: Year) -> None:
    """Have the draw that the program's sales enter. It opens with the year that is played and closes with the next."""
    if not any(one["terms"]["draw"] == DRAW_NAME for one in every(door, "/v1/draws")):
        times = {"opens_at": year.begins_at.isoformat(), "closes_at": year.next.ends_at.isoformat()}
        door.post("/v1/draws", DRAW | times, key="demo-draw")


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
