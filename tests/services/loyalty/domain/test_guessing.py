"""Who shows too many wrong codes, on both sides of the last one and of the window's end."""

from datetime import datetime, timedelta

import pytest

from services.loyalty.domain.guessing import WINDOW, WRONG_MAX, Guesser, Kind, Wrong
from tests.services.loyalty.domain.build import NOON


@pytest.mark.parametrize("kind", list(WRONG_MAX))
@pytest.mark.parametrize(
    ("over", "later", "until"),
    [
        (-1, timedelta(0), None),
        (0, timedelta(0), NOON + WINDOW),
        (5, timedelta(minutes=14, seconds=59), NOON + WINDOW),
        (5, WINDOW, None),
    ],
    ids=["one fewer", "the last one", "just before the end", "at the end"],
)
def test_barred(kind: Kind, over: int, later: timedelta, until: datetime | None) -> None:
    assert Wrong(kind, "x", WRONG_MAX[kind] + over, NOON).barred_until(NOON + later) == until


def test_a_guesser_is_everything_that_is_named_of_it() -> None:
    assert Guesser("key_1").names() == [("key", "key_1")]
    assert Guesser("key_1", "till 7", "cus_1").names() == [
        ("customer", "cus_1"),
        ("key", "key_1"),
        ("till", "till 7"),
    ]
