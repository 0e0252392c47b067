"""The first tenant's program and reward, so that the first purchase earns something. `python -m cli.first_shop`.

They are the demo's own (`cli/demo/program.py`), published through the public API. A tenant that has a program keeps it.
"""

from cli.demo.door import open_door
from cli.demo.shop import open_shop
from cli.home import Home


def open_first_shop(home: Home) -> None:
    """Publish the demo's program for a tenant without any. Raises CommandFailed when the API refuses."""
    access = home.access
    assert access is not None, "cli.prepare leaves access.json"
    with open_door(access["gateway_url"], access["api_key"]) as door:
        if not door.get("/v1/programs")["data"]:
            open_shop(door)


if __name__ == "__main__":
    open_first_shop(Home.here())
