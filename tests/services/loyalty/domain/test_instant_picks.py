"""What a play draws: each chance belongs to one prize, and each is as likely as the others."""

import hashlib
import hmac
from collections import Counter
from itertools import chain, islice, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.draw_picks import below
from services.loyalty.domain.instant_picks import drawn_by, kept_back, numbers_of, prize_at
from tests.services.loyalty.domain.instant_wins import BAG, instant_terms

chances = st.lists(st.integers(1, 40), min_size=1, max_size=6)


@given(chances=chances, nothing=st.integers(0, 60))
def test_each_prize_has_its_chances_and_nothing_has_the_rest(chances: list[int], nothing: int) -> None:
    terms = instant_terms(out_of=sum(chances) + nothing, prizes=[{**BAG, "chances": each} for each in chances])
    drawn = Counter(prize_at(chance, terms) for chance in range(terms.out_of))
    assert drawn == Counter({**dict(enumerate(chances)), **({None: nothing} if nothing else {})})


@given(chances=chances, nothing=st.integers(0, 60), numbers_max=st.integers(1, 900))
def test_every_number_that_is_taken_is_of_one_chance_and_all_chances_have_as_many(
    chances: list[int], nothing: int, numbers_max: int
) -> None:
    """The whole space of numbers at once, made small: no chance is likelier than another by a single number."""
    out_of = sum(chances) + nothing
    terms = instant_terms(out_of=out_of, prizes=[{**BAG, "chances": each} for each in chances])
    numbers_max += out_of
    thrown_away = "the next number"

    def drawn(number: int) -> object:
        if number >= numbers_max - numbers_max % out_of:
            assert below(out_of, chain([number], repeat(0)), numbers_max) == 0
            return thrown_away
        return prize_at(below(out_of, iter([number]), numbers_max), terms)

    counted = Counter(map(drawn, range(numbers_max)))
    assert counted.pop(thrown_away, 0) == numbers_max % out_of
    turns = numbers_max // out_of
    assert {prize: counted[prize] for prize in range(len(chances))} == {
        prize: turns * each for prize, each in enumerate(chances)
    }
    assert counted[None] == turns * nothing


@pytest.mark.parametrize(
    ("chance", "prize"), [(0, 0), (4, 0), (5, 1), (24, 1), (25, 2), (224, 2), (225, None), (999, None)]
)
def test_the_first_prize_has_the_first_chances(chance: int, prize: int | None) -> None:
    terms = instant_terms(out_of=1000, prizes=[{**BAG, "chances": each} for each in (5, 20, 200)])
    assert prize_at(chance, terms) == prize


def test_a_number_is_the_hmac_of_the_one_before() -> None:
    secret = bytes(range(32))
    first = hmac.new(secret, b"ply_1", hashlib.sha256).digest()
    second = hmac.new(secret, first, hashlib.sha256).digest()
    assert list(islice(numbers_of(secret, "ply_1"), 2)) == [int.from_bytes(first), int.from_bytes(second)]


def test_a_play_draws_the_same_for_ever_and_another_play_or_secret_something_else() -> None:
    terms = instant_terms(out_of=1000, prizes=[{**BAG, "chances": 1} for _ in range(50)])
    plays = [f"ply_{number}" for number in range(400)]
    drawn = [drawn_by(b"s" * 32, play, terms) for play in plays]
    assert drawn == [drawn_by(b"s" * 32, play, terms) for play in plays]
    assert drawn != [drawn_by(b"t" * 32, play, terms) for play in plays]
    assert len(set(drawn)) > 5


@pytest.mark.parametrize(
    ("won", "prize", "outcome"),
    [
        ([1, 0], 0, "won"),
        ([2, 0], 0, "out_of_stock"),
        ([0, 9], 1, "won"),
        ([0, 10], 1, "budget_spent"),
        ([1, 9], 1, "budget_spent"),
        ([1, 10], 0, "budget_spent"),
        ([2, 10], 0, "out_of_stock"),
    ],
)
def test_what_the_house_has_left(won: list[int], prize: int, outcome: str) -> None:
    terms = instant_terms(out_of=2, budget=1000, prizes=[{**BAG, "stock": 2, "worth": 50}, {**BAG, "worth": 100}])
    assert kept_back(terms, prize, won) == outcome
