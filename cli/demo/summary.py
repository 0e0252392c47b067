"""What the demo did, as a table."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from cli.demo.cursor import Tally
from cli.demo.figures import Figures
from cli.demo.program import CURRENCY
from kernel.money import Money


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
        """Whether no purchase was refused, and every event arrived and was handled."""
        return not (self.tally.refused or self.figures.parked or self.figures.events_waiting)


def show_summary(summary: Summary, console: Console) -> None:
    """Print the summary."""
    tally, figures = summary.tally, summary.figures
    table = Table(title="The demo so far", title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    sections: list[list[tuple[int, str]]] = [
        [
            (summary.baskets, "baskets of the data"),
            (tally.purchases, f"purchases by {summary.households:,} households"),
            (tally.memberships_extended, "memberships extended (pay for 12 months, get 15)"),
        ],
        [
            (tally.points_accrued, "points accrued"),
            (tally.points_burned, f"points burned in {tally.redemptions:,} redemptions"),
            (tally.free_items, "free items"),
            (tally.stamps, "stamps"),
            (tally.vouchers_issued, f"vouchers issued, {tally.vouchers_used:,} of them used"),
        ],
        [
            (figures.messages.get("sent", 0), "messages sent by e-mail"),
            *((number, f"messages {state}") for state, number in figures.messages.items() if state != "sent"),
            (figures.published, "events published"),
            (figures.consumed, "events consumed"),
            *((number, what) for number, what in unsound(summary) if number),
        ],
        [(number, what) for what, number in tally.adjustments.items() if number],
    ]
    for section in sections:
        for number, what in section:
            table.add_row(f"{number:,}", what)
        table.add_section()
        table.add_row("", "")
    console.print(table)
    console.print(f"{Money(tally.discount_cents, CURRENCY)} in discounts given by the program.")
    if summary.baskets_now:
        console.print(
            f"This run: {summary.baskets_now:,} baskets in {summary.seconds:,.0f} s,"
            f" {summary.baskets_now / summary.seconds:,.0f} a second."
        )


def unsound(summary: Summary) -> list[tuple[int, str]]:
    """What should not be."""
    figures = summary.figures
    return [
        *((number, f"purchases refused: {code}") for code, number in summary.tally.refused.items()),
        (figures.to_publish, "events not published yet"),
        (figures.to_consume, "events not consumed yet"),
        (figures.parked, "events that could not be handled"),
    ]
