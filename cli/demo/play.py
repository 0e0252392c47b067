"""Playing the year, or its beginning, on a running system."""

import time
from itertools import islice
from pathlib import Path
from typing import Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from cli.databases import settings_here
from cli.demo.cursor import read_cursor
from cli.demo.door import open_door
from cli.demo.figures import all_databases, settled_figures
from cli.demo.player import BATCH, Player
from cli.demo.shop import open_shop
from cli.demo.source import Source, find_source
from cli.demo.summary import Summary
from cli.home import Home

SAVE_EVERY_SECONDS: Final = 5.0


def play(gateway_url: str, api_key: str, baskets: int | None, home: Path) -> Summary:
    """Play the first so many baskets of the year, all of them when None, and say what came of it.

    Goes on where it stopped; playing a basket again would change nothing.
    Raises CommandFailed when the data is not installed, or when the system does not answer.
    """
    source = find_source()
    count = source.basket_count()
    with open_door(gateway_url, api_key) as door, progress_bar() as progress:
        shop = open_shop(door)
        cursor = read_cursor(Home(home), shop.tenant_id)
        player = Player(door, shop, source.products(), source.coupon_days(), cursor)
        before, began = cursor.baskets, time.monotonic()
        play_on(player, source, count if baskets is None else min(baskets, count), count, Home(home), progress)
        seconds = time.monotonic() - began
        progress.add_task("What is on its way arrives", total=None)
        with all_databases(settings_here()) as databases:
            figures = settled_figures(databases, shop.tenant_id)
    return Summary(
        baskets=cursor.baskets,
        households=len(cursor.households),
        tally=cursor.tally,
        figures=figures,
        baskets_now=cursor.baskets - before,
        seconds=seconds,
    )


def play_on(player: Player, source: Source, wanted: int, count: int, home: Home, progress: Progress) -> None:
    """Play batch after batch, from where the cursor is up to the wanted number of baskets."""
    cursor = player.cursor
    task = progress.add_task("Baskets", total=wanted, completed=cursor.baskets)
    rest = islice(source.baskets(), cursor.baskets, wanted)
    saved_at = time.monotonic()
    while batch := list(islice(rest, BATCH)):
        player.play(batch)
        cursor.baskets += len(batch)
        progress.advance(task, len(batch))
        # A batch that was cut short is played again with all its baskets next time.
        if len(batch) < BATCH and cursor.baskets < count:
            break
        if time.monotonic() > saved_at + SAVE_EVERY_SECONDS or cursor.baskets == wanted:
            cursor.save(home)
            saved_at = time.monotonic()


def progress_bar() -> Progress:
    """Baskets so far, baskets a second, time left."""
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())


class Rate(ProgressColumn):
    """How many a second, of late."""

    def render(self, task: Task) -> Text:
        """The rate, once there is one."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="progress.data.speed")
