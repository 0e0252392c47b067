"""When units die. A lot is dead from its moment on, so the last valid moment is just before it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from services.loyalty.domain.expiry import Expiry, Rolling, expires_at
from services.loyalty.domain.program import ProgramDocument
from tests.services.loyalty.domain.build import document

EXPIRY: TypeAdapter[Expiry] = TypeAdapter(Expiry)


@pytest.mark.parametrize(
    ("policy", "earned", "last_day"),
    [
        pytest.param({"months": 12}, "2026-01-10", "2027-01-10", id="a year"),
        pytest.param({"months": 1}, "2026-01-31", "2026-02-28", id="the month has no 31st"),
        pytest.param({"months": 1}, "2028-01-31", "2028-02-29", id="a leap year"),
        pytest.param({"months": 12}, "2028-02-29", "2029-02-28", id="from a leap day"),
        pytest.param({"months": 48}, "2028-02-29", "2032-02-29", id="to a leap day"),
        pytest.param({"months": 2}, "2026-12-15", "2027-02-15", id="over the year's end"),
        pytest.param({"days": 30}, "2026-01-10", "2026-02-09", id="thirty days"),
        pytest.param({"months": 1, "round_to": "month"}, "2026-01-01", "2026-02-28", id="to the end of the month"),
        pytest.param({"months": 1, "round_to": "month"}, "2025-12-31", "2026-01-31", id="is the end of the month"),
        pytest.param({"months": 12, "round_to": "quarter"}, "2026-01-01", "2027-03-31", id="first quarter, first day"),
        pytest.param({"months": 12, "round_to": "quarter"}, "2026-03-31", "2027-03-31", id="first quarter, last day"),
        pytest.param({"months": 12, "round_to": "quarter"}, "2026-04-01", "2027-06-30", id="second quarter"),
        pytest.param({"months": 1, "round_to": "quarter"}, "2026-11-05", "2026-12-31", id="last quarter"),
        pytest.param({"days": 1, "round_to": "year"}, "2026-12-30", "2026-12-31", id="to the end of the year"),
        pytest.param({"days": 1, "round_to": "year"}, "2026-12-31", "2027-12-31", id="just into the next year"),
    ],
)
def test_last_day(policy: dict[str, Any], earned: str, last_day: str) -> None:
    assert Rolling.model_validate({"kind": "rolling"} | policy).last_day(
        date.fromisoformat(earned)
    ) == date.fromisoformat(last_day)


@pytest.mark.parametrize(
    ("zone", "earned", "dies"),
    [
        pytest.param("Asia/Riyadh", "2026-01-10T12:00+03:00", "2027-01-11T00:00+03:00", id="end of the local day"),
        pytest.param("Asia/Riyadh", "2026-01-10T21:30+00:00", "2027-01-12T00:00+03:00", id="it was tomorrow already"),
        pytest.param(
            "America/New_York", "2026-01-10T02:00+00:00", "2027-01-10T00:00-05:00", id="it was still yesterday"
        ),
        pytest.param("Europe/Berlin", "2026-03-28T12:00+01:00", "2027-03-29T00:00+02:00", id="clocks went forward"),
        pytest.param("Europe/Berlin", "2026-10-31T12:00+01:00", "2027-11-01T00:00+01:00", id="clocks went back"),
        pytest.param("Africa/Cairo", "2025-04-23T12:00+03:00", "2026-04-24T01:00+03:00", id="that midnight is skipped"),
    ],
)
def test_a_year_by_the_shops_days(zone: str, earned: str, dies: str) -> None:
    found = expires_at(Rolling(kind="rolling", months=12), datetime.fromisoformat(earned), ZoneInfo(zone))
    assert found == datetime.fromisoformat(dies)
    assert found.tzinfo is UTC


def test_never() -> None:
    assert (
        expires_at(EXPIRY.validate_python({"kind": "never"}), datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("UTC")) is None
    )


EARNED = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("terms", "spendable", "expires"),
    [
        pytest.param({}, EARNED, None, id="at once, for ever"),
        pytest.param({"pending_days": 14}, EARNED + timedelta(days=14), None, id="after the time for returns"),
        pytest.param(
            {"pending_days": 14, "expiry": {"kind": "rolling", "days": 30}},
            EARNED + timedelta(days=14),
            datetime(2026, 2, 23, 21, 0, tzinfo=UTC),
            id="valid from when it can be spent",
        ),
        pytest.param(
            {"pending_days": 14, "expiry": {"kind": "rolling", "days": 30}, "validity_from": "earning"},
            EARNED + timedelta(days=14),
            datetime(2026, 2, 9, 21, 0, tzinfo=UTC),
            id="valid from earning",
        ),
    ],
)
def test_life_of_units(terms: dict[str, Any], spendable: datetime, expires: datetime | None) -> None:
    assert document(**terms).life_of_units("points", EARNED) == (spendable, expires)


def test_sliding_counts_as_rolling_does() -> None:
    sliding = EXPIRY.validate_python({"kind": "sliding", "months": 1, "round_to": "quarter"})
    assert sliding.last_day(date(2026, 1, 31)) == date(2026, 3, 31)


def test_units_that_wait_for_an_event_are_lost_without_it() -> None:
    terms = document(pending={"kind": "event", "event": "delivered", "within_days": 30})
    lost = datetime.fromisoformat("2026-02-10T00:00+03:00")
    assert terms.life_of_units("points", EARNED) == (lost, lost)
    assert terms.of_unit("points").awaits == "delivered"
    assert terms.of_unit("miles").awaits is None


@pytest.mark.parametrize(
    ("expiry", "earned", "last_day"),
    [
        pytest.param({"dates": ["12-31"]}, "2026-01-01", "2026-12-31", id="the end of the year"),
        pytest.param({"dates": ["12-31"]}, "2026-12-31", "2026-12-31", id="the last day itself"),
        pytest.param({"dates": ["06-30", "12-31"]}, "2026-07-01", "2026-12-31", id="the next of several"),
        pytest.param({"dates": ["12-31", "06-30"]}, "2026-05-01", "2026-06-30", id="in any order"),
        pytest.param({"dates": ["03-31"]}, "2026-04-01", "2027-03-31", id="over the end of the year"),
        pytest.param({"dates": ["02-29"]}, "2027-01-15", "2027-02-28", id="no leap day"),
        pytest.param({"dates": ["02-29"]}, "2028-01-15", "2028-02-29", id="a leap day"),
        pytest.param({"dates": ["02-29"]}, "2028-02-29", "2028-02-29", id="on a leap day"),
        pytest.param({"dates": ["12-31"], "days_min": 90}, "2026-10-02", "2026-12-31", id="just long enough"),
        pytest.param({"dates": ["12-31"], "days_min": 90}, "2026-10-03", "2027-12-31", id="too soon"),
        pytest.param({"dates": ["01-01"], "days_min": 3660}, "2026-01-02", "2037-01-01", id="years away"),
    ],
)
def test_fixed_dates(expiry: dict[str, Any], earned: str, last_day: str) -> None:
    policy = EXPIRY.validate_python({"kind": "dates", **expiry})
    assert policy.last_day(date.fromisoformat(earned)) == date.fromisoformat(last_day)


@pytest.mark.parametrize(
    ("earned", "spendable"),
    [
        pytest.param("2026-01-10T12:00+03:00", "2026-02-01T00:00+03:00", id="from the beginning of that local day"),
        pytest.param("2026-01-31T23:59+03:00", "2026-02-01T00:00+03:00", id="the evening before"),
        pytest.param("2026-02-01T00:00+03:00", "2026-07-01T00:00+03:00", id="the day itself waits for the next"),
        pytest.param("2026-12-24T12:00+03:00", "2027-02-01T00:00+03:00", id="of the next year"),
    ],
)
def test_units_wait_for_a_date(earned: str, spendable: str) -> None:
    terms = document(pending={"kind": "dates", "dates": ["02-01", "07-01"]})
    assert terms.life_of_units("points", datetime.fromisoformat(earned)) == (datetime.fromisoformat(spendable), None)


def test_the_day_a_unit_waits_for_begins_when_its_clocks_jump() -> None:
    terms = document(time_zone="Africa/Cairo", pending={"kind": "dates", "dates": ["04-24"]})
    spendable, _ = terms.life_of_units("points", datetime(2026, 1, 10, tzinfo=UTC))
    assert spendable == datetime.fromisoformat("2026-04-24T01:00+03:00")


def test_every_unit_has_a_life_of_its_own() -> None:
    terms = document(
        unit="points",
        expiry={"kind": "rolling", "days": 30},
        further_units=[
            {"unit": "miles", "pending_days": 7},
            {"unit": "SAR", "expiry": {"kind": "dates", "dates": ["12-31"]}},
        ],
    )
    assert terms.life_of_units("points", EARNED) == (EARNED, datetime(2026, 2, 9, 21, 0, tzinfo=UTC))
    assert terms.life_of_units("miles", EARNED) == (EARNED + timedelta(days=7), None)
    assert terms.life_of_units("SAR", EARNED) == (EARNED, datetime(2026, 12, 31, 21, 0, tzinfo=UTC))
    assert terms.life_of_units("stars", EARNED) == (EARNED, None), "nobody said that these end"


def test_a_document_of_one_unit_means_what_it_meant() -> None:
    before = {"currency": "SAR", "time_zone": "Asia/Riyadh", "unit": "miles", "pending_days": 14}
    read = ProgramDocument.model_validate(before)
    assert list(read.units) == ["miles"]
    assert read.life_of_units("miles", EARNED) == (EARNED + timedelta(days=14), None)


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({"further_units": [{"unit": "points"}]}, id="the main unit again"),
        pytest.param({"further_units": [{"unit": "miles"}, {"unit": "miles"}]}, id="a unit twice"),
        pytest.param({"further_units": [{"unit": "two words"}]}, id="no name"),
        pytest.param({"pending_days": 1, "pending": {"kind": "dates", "dates": ["01-01"]}}, id="two ways to wait"),
        pytest.param({"pending": {"kind": "dates", "dates": []}}, id="waiting for nothing"),
    ],
)
def test_refuses_terms(terms: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(**terms)


def test_pending_days_are_days_by_the_shops_clock() -> None:
    before_the_clocks_change = datetime.fromisoformat("2026-03-28T12:00+01:00")
    spendable, _ = document(time_zone="Europe/Berlin", pending_days=1).life_of_units("points", before_the_clocks_change)
    assert spendable == datetime.fromisoformat("2026-03-29T12:00+02:00")


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param({"kind": "rolling"}, id="no length"),
        pytest.param({"kind": "rolling", "months": 1, "days": 1}, id="two lengths"),
        pytest.param({"kind": "rolling", "months": 0}, id="no time at all"),
        pytest.param({"kind": "sometimes"}, id="unknown kind"),
        pytest.param({"kind": "dates", "dates": []}, id="no date"),
        pytest.param({"kind": "dates", "dates": ["02-30"]}, id="no such day"),
        pytest.param({"kind": "dates", "dates": ["2026-12-31"]}, id="a day of one year"),
        pytest.param({"kind": "never", "months": 1}, id="unknown key"),
    ],
)
def test_refuses(policy: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EXPIRY.validate_python(policy)
