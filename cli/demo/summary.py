"""What the demo did, as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.table import Table

from cli.demo.baskets import Adjustment
from cli.demo.cursor import Tally
from cli.demo.figures import Figures
from cli.demo.program import CURRENCY
from kernel.money import Money

Fact = tuple[int, str]

MESSAGES: Final = {
    "sent": "messages sent by e-mail",
    "refused_no_consent": "messages not sent: no consent",
    "no_address": "messages not sent: no address",
    "suppressed": "messages not sent again by a replay",
}

# The demo waits for its messages while anything moves: these are left only when sending stands still or fails.
MESSAGES_WRONG: Final = {
    "queued": "messages still to be sent, though nothing moves any more",
    "sending": "messages whose sending was begun and not finished",
    "failed": "messages that could not be sent",
    "unknown": "messages of which nobody knows whether they were sent",
}


@dataclass(frozen=True)
class Summary:
    """The whole demo up to now, and how fast this run of it was."""

    baskets: int
    households: int
    tally: Tally
    figures: Figures
    baskets_now: int
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether nothing was refused, every event was handled, and every message came to a good end."""
        return not list(wrong(self))


def show_summary(summary: Summary, console: Console) -> None:
    """Print the summary."""
    table = Table(title="The demo so far", title_justify="left", show_header=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    for section in (bought(summary), earned(summary.tally), told(summary.figures), adjusted(summary.tally)):
        for number, what in section:
            table.add_row(f"{number:,}", what)
        table.add_section()
    for number, what in wrong(summary):
        table.add_row(f"{number:,}", what, style="red")
    console.print(table)
    if summary.baskets_now:
        rate = summary.baskets_now / summary.seconds
        console.print(f"This run: {summary.baskets_now:,} baskets in {summary.seconds:,.0f} s, {rate:,.0f} a second.")


def bought(summary: Summary) -> Iterator[Fact]:
    """The purchases."""
    yield summary.baskets, "baskets of the data"
    yield summary.tally.purchases, f"purchases of {summary.households:,} households"
    yield summary.tally.memberships_extended, "memberships extended: 12 months paid, 3 given"
    yield summary.tally.passes_issued, "passes sold, of ten coffees each"
    yield summary.tally.sign_ups, "sign-ups for the newsletter"


def earned(tally: Tally) -> Iterator[Fact]:
    """What the program did."""
    yield tally.points_accrued, f"points accrued, {tally.happy_points:,} of them because of happy hours"
    yield tally.milestones, f"fifth visits, and {tally.challenges_met:,} weeks with three"
    yield tally.points_burned, f"points burned in {tally.redemptions:,} redemptions"
    yield tally.free_items, f"free items; {Money(tally.discount_cents, CURRENCY)} off in all"
    yield tally.stamps, "stamps"
    yield tally.vouchers_issued, f"vouchers issued, {tally.vouchers_used:,} of them used"
    yield tally.draw_entries, "entries in the draw"


def told(figures: Figures) -> Iterator[Fact]:
    """The messages and events that followed."""
    for state, what in MESSAGES.items():
        if state in figures.messages:
            yield figures.messages[state], what
    yield figures.published, "events published"
    yield figures.consumed, "events consumed"


def adjusted(tally: Tally) -> Iterator[Fact]:
    """What had to be done to the data."""
    for adjustment in Adjustment:
        if tally.adjustments[adjustment]:
            yield tally.adjustments[adjustment], adjustment


def wrong(summary: Summary) -> Iterator[Fact]:
    """What should not be."""
    for code, number in summary.tally.refused.items():
        yield number, f"purchases or sign-ups refused: {code}"
    for number, what in (
        (summary.figures.to_publish, "events not published yet"),
        (summary.figures.to_consume, "events not consumed yet"),
        (summary.figures.parked, "events that could not be handled"),
        *((summary.figures.messages.get(state, 0), what) for state, what in MESSAGES_WRONG.items()),
    ):
        if number:
            yield number, what
