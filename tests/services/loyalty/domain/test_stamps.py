import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.stamps import CardState, fill, take_back


@pytest.mark.parametrize(
    ("on_card", "stamps", "unused", "expected"),
    [
        pytest.param(4, 3, 0, (1, 0), id="from the card"),
        pytest.param(3, 3, 2, (0, 0), id="all of the card, no reward touched"),
        pytest.param(1, 2, 1, (4, -1), id="breaks an unused reward"),
        pytest.param(0, 5, 1, (0, -1), id="a whole reward"),
        pytest.param(1, 12, 2, (-1, -2), id="breaks two and owes"),
        pytest.param(1, 3, 0, (-2, 0), id="the reward was used: the card owes"),
        pytest.param(-2, 1, 0, (-3, 0), id="owes more"),
    ],
)
def test_take_back(on_card: int, stamps: int, unused: int, expected: tuple[int, int]) -> None:
    assert take_back(on_card, stamps, 5, unused) == expected


@given(st.integers(-20, 20), st.integers(1, 50), st.integers(1, 7), st.integers(0, 20), st.integers(0, 30))
def test_no_stamp_is_lost(on_card: int, stamps: int, needed: int, unused: int, returned: int) -> None:
    filled = fill(on_card, stamps, needed)
    assert filled.on_card + filled.rewards * needed == on_card + stamps
    taken = take_back(filled.on_card, returned, needed, unused)
    assert taken.on_card + taken.rewards * needed == filled.on_card - returned
    assert 0 <= -taken.rewards <= unused
    assert taken.on_card >= 0 or -taken.rewards == unused


@given(st.integers(0, 4), st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_stamps_taken_back_one_purchase_after_the_other_end_where_the_card_began(
    on_card: int, visits: list[int]
) -> None:
    state, rewards = CardState(on_card, 0), 0
    for stamps in visits:
        state = fill(state.on_card, stamps, 5)
        rewards += state.rewards
    for stamps in visits:
        state = take_back(state.on_card, stamps, 5, rewards)
        rewards += state.rewards
    assert (state.on_card, rewards) == (on_card, 0)
