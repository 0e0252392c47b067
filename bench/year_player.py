"""The demo's year on the run of WAFA_HOME: `python -m bench.year_player [BASKETS]` answers with a line of JSON.

`wafa demo` does the same and says less about how long each part took.
"""

import json
import sys
import time

from sqlalchemy import text

from cli.databases import settings_here
from cli.demo.figures import all_databases
from cli.demo.play import play
from cli.home import Home

LAST_HEARD = text("SELECT extract(epoch FROM max(heard_at)) FROM inbox")


def main() -> None:
    """Play, wait until all has arrived, and say when the last purchase was answered and the last event heard."""
    home = Home.here()
    access = home.access
    assert access is not None, "a run leaves access.json"
    baskets = int(sys.argv[1]) if len(sys.argv) > 1 else None
    began = time.time()
    summary = play(access["gateway_url"], access["api_key"], baskets, home.path)
    with all_databases(settings_here()) as databases:
        heard = []
        for database in databases:
            with database.transaction(tenant_of(home)) as db:
                heard.append(float(db.execute(LAST_HEARD).scalar_one() or began))
    found = {
        "baskets": summary.baskets,
        "accepted_seconds": summary.seconds,
        "drained_seconds": max(heard) - began,
        "events_waiting": summary.figures.events_waiting,
        "messages": dict(summary.figures.messages),
        "sound": summary.sound,
    }
    print(json.dumps(found))


def tenant_of(home: Home) -> str:
    """The tenant that the demo plays for, as its cursor remembers."""
    tenant_id: str = home.read("demo.json")["tenant_id"]
    return tenant_id


if __name__ == "__main__":
    main()
