from datetime import date

import pytest

from services.customers.domain.profile import Profile, normal_profile
from services.customers.domain.refusals import BirthdayAhead

TODAY = date(2026, 11, 22)


def test_identifiers_take_their_normal_form_and_the_rest_stays() -> None:
    given = Profile(phone="0501234567", email="Ali@Example.com", card="77 00", name="علي", birthday=TODAY)
    assert normal_profile(given, country="SA", today=TODAY) == Profile(
        phone="+966501234567", email="ali@example.com", card="7700", name="علي", birthday=TODAY
    )


def test_null_stays_null_and_what_is_away_stays_away() -> None:
    assert normal_profile(Profile(phone=None, email=None), country="SA", today=TODAY) == {"phone": None, "email": None}


def test_nobody_is_born_tomorrow() -> None:
    with pytest.raises(BirthdayAhead):
        normal_profile(Profile(birthday=date(2026, 11, 23)), country="SA", today=TODAY)
