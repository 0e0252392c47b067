"""Every ticket is as likely as the others, and nobody is picked twice."""

import json
from collections import Counter
from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.draw_picks import below, numbers_from, pick_winners, tickets_by_source
from tests.services.loyalty.domain.draws import drawn, holds

SEEDS = [number.to_bytes(32) for number in range(6000)]
SOMETHING = bytes(32)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        pytest.param([5], 2, id="a remainder"),
        pytest.param([6, 4], 1, id="from the last multiple up the next number counts"),
        pytest.param([7, 6, 3], 0, id="however often"),
    ],
)
def test_the_uneven_end_is_thrown_away(numbers: list[int], expected: int) -> None:
    assert below(3, iter(numbers), numbers_max=8) == expected


def test_of_a_small_range_every_number_is_as_likely() -> None:
    counted = Counter(below(3, iter([number, 0]), numbers_max=8) for number in range(6))
    assert counted == {0: 2, 1: 2, 2: 2}


def test_each_part_changes_all_numbers() -> None:
    streams = [
        numbers_from(SOMETHING, SOMETHING, ""),
        numbers_from(bytes(31) + b"\1", SOMETHING, ""),
        numbers_from(SOMETHING, bytes(31) + b"\1", ""),
        numbers_from(SOMETHING, SOMETHING, "0"),
    ]
    assert len({next(stream) for stream in streams}) == 4


@pytest.mark.parametrize("tickets", [{"a": 1, "b": 1, "c": 1, "d": 1}, {"a": 1, "b": 5, "c": 3}])
def test_every_ticket_is_as_likely(tickets: dict[str, int]) -> None:
    """Chi square with a bound that a fair draw passes but once in ten thousand; the seeds are always the same."""
    first = Counter(
        pick_winners(tickets, numbers_from(seed, SOMETHING, ""), picks=1, one_win_per_customer=True)[0].ticket
        for seed in SEEDS
    )
    total = sum(tickets.values())
    expected = len(SEEDS) / total
    assert sum((first[ticket] - expected) ** 2 / expected for ticket in range(total)) < total - 1 + 8 * total**0.5


def test_every_pair_is_as_likely() -> None:
    tickets = dict.fromkeys("abcde", 1)
    pairs = Counter(
        frozenset(
            pick.entrant
            for pick in pick_winners(tickets, numbers_from(seed, SOMETHING, ""), picks=2, one_win_per_customer=True)
        )
        for seed in SEEDS
    )
    expected = len(SEEDS) / comb(5, 2)
    spread = sum((pairs[frozenset(pair)] - expected) ** 2 / expected for pair in combinations("abcde", 2))
    assert spread < 9 + 8 * 10**0.5


def test_tickets_stand_with_what_brought_them() -> None:
    entries = [("pur_1", 2), ("pur_2", 3), ("pur_1", -1), ("den_1", 1), ("pur_3", 1), ("pur_3", -1)]
    assert tickets_by_source(entries) == [("pur_1", 0), ("pur_2", 0), ("pur_2", 1), ("pur_2", 2), ("den_1", 0)]


TICKETS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 6), max_size=8)


@given(tickets=TICKETS, picks=st.integers(1, 12), seed=st.binary(min_size=32, max_size=32))
def test_one_win_for_each(tickets: dict[str, int], picks: int, seed: bytes) -> None:
    picked = pick_winners(tickets, numbers_from(seed, SOMETHING, ""), picks=picks, one_win_per_customer=True)
    winners = [pick.entrant for pick in picked]
    assert len(winners) == len(set(winners)) == min(picks, len(tickets))
    assert all(0 <= pick.nth < tickets[pick.entrant] for pick in picked)


@given(tickets=TICKETS, picks=st.integers(1, 60), seed=st.binary(min_size=32, max_size=32))
def test_one_win_for_each_entry(tickets: dict[str, int], picks: int, seed: bytes) -> None:
    picked = pick_winners(tickets, numbers_from(seed, SOMETHING, ""), picks=picks, one_win_per_customer=False)
    total = sum(tickets.values())
    assert len(picked) == min(picks, total)
    assert all(wins <= tickets[entrant] for entrant, wins in Counter(pick.entrant for pick in picked).items())
    assert [pick.left for pick in picked] == list(range(total, total - len(picked), -1))


@given(
    lines=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 5)), max_size=12),
    back=st.integers(0, 3),
    seed=st.binary(min_size=32, max_size=32),
    alternates=st.integers(0, 4),
    one=st.booleans(),
    beacon=st.none() | st.text(max_size=9),
)
def test_another_check_agrees(
    lines: list[tuple[str, int]], back: int, seed: bytes, alternates: int, one: bool, beacon: str | None
) -> None:
    taken = [(name, -1) for name, _entries in lines[:back]]
    proof = drawn([*lines, *taken], seed=seed, beacon=beacon, alternates=alternates, one_win_per_customer=one)
    assert holds(json.loads(proof.model_dump_json()))
