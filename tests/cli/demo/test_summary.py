"""The summary says what happened, and does not hide what should not have."""

from collections import Counter
from io import StringIO

import pytest
from rich.console import Console

from cli.demo.baskets import Adjustment
from cli.demo.cursor import Tally
from cli.demo.figures import Figures
from cli.demo.summary import Summary, show_summary

ALL_IS_WELL = Figures(published=7_714, to_publish=0, consumed=15_506, to_consume=0, parked=0, messages={"sent": 581})


def summary(figures: Figures = ALL_IS_WELL, **tally: object) -> Summary:
    """A run of 5,000 baskets in 10 seconds."""
    return Summary(5_000, 1_616, Tally.model_validate(tally), figures, baskets_now=5_000, seconds=10.0)


def shown(summary: Summary) -> str:
    """What is printed, line by line, without the frame."""
    console = Console(file=StringIO(), width=120)
    show_summary(summary, console)
    assert isinstance(console.file, StringIO)
    lines = console.file.getvalue().splitlines()
    return "\n".join(" ".join(line.replace("│", " ").split()) for line in lines)


def test_it_says_what_was_done() -> None:
    text = shown(
        summary(
            purchases=5_138,
            passes_issued=161,
            sign_ups=180,
            points_accrued=147_389,
            happy_points=2_111,
            milestones=410,
            challenges_met=707,
            points_burned=56_550,
            redemptions=377,
            free_items=726,
            discount_cents=106_759,
            vouchers_issued=554,
            vouchers_used=201,
            draw_entries=6_200,
            adjustments=Counter({Adjustment.METER_READING: 395}),
        )
    )

    for line in (
        "5,000 baskets of the data",
        "5,138 purchases of 1,616 households",
        "161 passes sold, of ten coffees each",
        "180 sign-ups for the newsletter",
        "147,389 points accrued, 2,111 of them because of happy hours",
        "410 fifth visits, and 707 weeks with three",
        "56,550 points burned in 377 redemptions",
        "726 free items; 1067.59 USD off in all",
        "554 vouchers issued, 201 of them used",
        "6,200 entries in the draw",
        "581 messages sent by e-mail",
        "15,506 events consumed",
        "395 lines of fuel with a meter reading as quantity, taken as one unit",
        "This run: 5,000 baskets in 10 s, 500 a second.",
    ):
        assert line in text.splitlines()


@pytest.mark.parametrize(
    ("found", "line"),
    [
        pytest.param(
            summary(refused=Counter({"customer_blocked": 2})),
            "2 purchases or sign-ups refused: customer_blocked",
            id="refused",
        ),
        pytest.param(summary(Figures(1, 3, 1, 0, 0, {})), "3 events not published yet", id="unpublished"),
        pytest.param(summary(Figures(1, 0, 1, 4, 0, {})), "4 events not consumed yet", id="unheard"),
        pytest.param(summary(Figures(1, 0, 1, 0, 5, {})), "5 events that could not be handled", id="parked"),
        pytest.param(
            summary(Figures(1, 0, 1, 0, 0, {"sent": 6, "queued": 7})),
            "7 messages still to be sent, though nothing moves any more",
            id="mail stands still",
        ),
        pytest.param(
            summary(Figures(1, 0, 1, 0, 0, {"sending": 1})),
            "1 messages whose sending was begun and not finished",
            id="a sender died",
        ),
        pytest.param(summary(Figures(1, 0, 1, 0, 0, {"failed": 2})), "2 messages that could not be sent", id="failed"),
        pytest.param(
            summary(Figures(1, 0, 1, 0, 0, {"unknown": 3})),
            "3 messages of which nobody knows whether they were sent",
            id="unknown",
        ),
    ],
)
def test_what_is_wrong_is_shown_and_makes_the_demo_fail(found: Summary, line: str) -> None:
    assert line in shown(found).splitlines()
    assert not found.sound


def test_a_run_where_all_is_well_is_sound() -> None:
    assert summary().sound
