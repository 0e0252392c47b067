"""GET /v1/retention/figures."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.data.database import Database
from kernel.ids import TenantId, new_id
from tests.services.retention.conftest import Client
from tests.services.retention.oracle import Shop
from tests.services.retention.shops import events_of, moments, shops
from tests.services.retention.telling import bought, gave_back, tell, tenant_created

PATH = "/v1/retention/figures"
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


def numbers(answer: dict[str, Any]) -> dict[str, object]:
    """The bare numbers of an answer, as the oracle gives them."""
    return {
        name: figure["customers"] if "customers" in figure else (figure["numerator"], figure["denominator"])
        for name, figure in answer.items()
        if isinstance(figure, dict) and "formula" in figure
    }


def test_a_month_worked_out_by_hand(client: Client, database: Database, bakery: TenantId) -> None:
    """Kept: ana, bo. Lost: cem. New: dina for the first time, eli back after a pause."""
    tell(
        database,
        [
            bought(bakery, "cus_eli", "2025-10-01"),
            *(bought(bakery, f"cus_{name}", "2026-02-10") for name in ("ana", "bo", "cem")),
            *(bought(bakery, "cus_ana", f"2026-03-{day}") for day in ("02", "09", "17")),
            *(bought(bakery, f"cus_{name}", "2026-03-20") for name in ("bo", "dina", "eli")),
        ],
    )
    answer = client(bakery).get(PATH, params=MARCH).json()
    assert numbers(answer) == {
        "customers_at_start": 3,
        "customers_active": 4,
        "customers_new": 2,
        "customers_first_time": 1,
        "customers_returned": 1,
        "retention_rate": (2, 3),
        "churn_rate": (1, 3),
        "repeat_rate": (1, 4),
        "gap_average": (15, 2),
    }
    assert answer["retention_rate"] == {
        "formula": "(E - N) / S",
        "numerator": 2,
        "denominator": 3,
        "percent": "66.67",
    }
    assert (answer["churn_rate"]["percent"], answer["gap_average"]["days"]) == ("33.33", "7.50")
    assert answer["period"] == {
        "first_on": "2026-03-01",
        "last_on": "2026-03-31",
        "days": 31,
        "time_zone": "Asia/Riyadh",
        "starts_at": "2026-02-28T21:00:00Z",
        "ends_at": "2026-03-31T21:00:00Z",
        "complete": True,
    }
    assert (answer["object"], answer["as_of"]) == ("retention_figures", "2026-11-22T10:00:00Z")


def test_without_a_basis_a_rate_is_null_and_never_zero(client: Client, bakery: TenantId) -> None:
    answer = client(bakery).get(PATH, params=MARCH).json()
    assert [answer[name]["percent"] for name in ("retention_rate", "churn_rate", "repeat_rate")] == [None] * 3
    assert answer["gap_average"]["days"] is None
    assert answer["customers_active"]["customers"] == 0


@pytest.mark.parametrize(
    ("at", "at_start", "active"),
    [
        pytest.param("2026-01-28 20:59", 0, 0, id="the moment before the stretch before"),
        pytest.param("2026-01-28 21:00", 1, 0, id="its first moment"),
        pytest.param("2026-02-28 20:59", 1, 0, id="its last minute"),
        pytest.param("2026-02-28 21:00", 0, 1, id="midnight in Riyadh, the evening before in UTC"),
        pytest.param("2026-03-31 20:59", 0, 1, id="the last minute of the month"),
        pytest.param("2026-03-31 21:00", 0, 0, id="April has begun in Riyadh"),
    ],
)
def test_a_month_ends_at_midnight_in_the_shop(
    client: Client, database: Database, bakery: TenantId, at: str, at_start: int, active: int
) -> None:
    tell(database, [bought(bakery, "cus_ana", at)])
    answer = client(bakery).get(PATH, params=MARCH).json()
    assert (answer["customers_at_start"]["customers"], answer["customers_active"]["customers"]) == (at_start, active)


@pytest.mark.parametrize(
    ("as_of", "active", "complete"),
    [
        pytest.param("2026-03-09T12:00:00Z", 0, False, id="before"),
        pytest.param("2026-03-10T12:00:00Z", 1, False, id="at the purchase"),
        pytest.param("2026-03-10T15:00:00+03:00", 1, False, id="the same moment, said in Riyadh"),
        pytest.param("2026-04-04T12:00:00Z", 1, True, id="before the return"),
        pytest.param("2026-04-05T12:00:00Z", 0, True, id="at the return"),
    ],
)
def test_the_past_is_read_as_it_was(
    client: Client, database: Database, bakery: TenantId, as_of: str, active: int, complete: bool
) -> None:
    bread = bought(bakery, "cus_ana", "2026-03-10")
    tell(database, [bread, gave_back(bread, "2026-04-05")])
    answer = client(bakery).get(PATH, params={**MARCH, "as_of": as_of}).json()
    assert answer["customers_active"]["customers"] == active
    assert answer["period"]["complete"] is complete


@given(shop=shops, first=st.integers(0, 70), days=st.integers(1, 40), at=moments)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_figures_equal_the_oracle(
    client: Client, database: Database, shop: Shop, first: int, days: int, at: datetime
) -> None:
    tenant_id = TenantId(new_id("ten"))
    tell(database, events_of(shop, tenant_id))
    first_on = date(2026, 3, 1) + timedelta(days=first)
    last_on = first_on + timedelta(days=days - 1)
    asked = {"from": first_on.isoformat(), "to": last_on.isoformat()}
    for as_of in (at, datetime(2026, 11, 1, tzinfo=UTC)):
        answer = client(tenant_id).get(PATH, params={**asked, "as_of": as_of.isoformat()})
        assert numbers(answer.json()) == shop.figures(first_on, last_on, as_of)


def test_a_tenant_sees_its_own_customers_only(
    client: Client, database: Database, bakery: TenantId, other_tenant_id: TenantId
) -> None:
    tell(database, [tenant_created(other_tenant_id), bought(bakery, "cus_ana", "2026-03-10")])
    own = client(bakery).get(PATH, params=MARCH).json()
    others = client(other_tenant_id).get(PATH, params=MARCH).json()
    assert (own["customers_active"]["customers"], others["customers_active"]["customers"]) == (1, 0)


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        pytest.param({"from": "2026-03-31", "to": "2026-03-01"}, 422, "invalid_period", id="ends before it begins"),
        pytest.param({"from": "0001-01-01", "to": "0001-01-01"}, 422, "invalid_period", id="too long ago"),
        pytest.param({"from": "2026-02-30", "to": "2026-03-01"}, 422, "invalid_request", id="no such day"),
        pytest.param({"from": "2026-03-01"}, 422, "invalid_request", id="no last day"),
        pytest.param({**MARCH, "as_of": "2026-11-22T10:00:01Z"}, 422, "moment_in_future", id="as of tomorrow"),
        pytest.param({**MARCH, "as_of": "2026-03-01T00:00:00"}, 422, "invalid_request", id="a moment without a zone"),
    ],
)
def test_refusals(client: Client, bakery: TenantId, asked: dict[str, str], status: int, code: str) -> None:
    answer = client(bakery).get(PATH, params=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_tenant_not_heard_of_yet_is_asked_to_wait(client: Client, tenant_id: TenantId) -> None:
    answer = client(tenant_id, language="ar").get(PATH, params=MARCH)
    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (503, "tenant_not_ready", True)
    assert answer.json()["title"] == "غير جاهز بعد"


def test_the_scope_is_needed(client: Client, bakery: TenantId) -> None:
    answer = client(bakery, scopes=["customers:read"]).get(PATH, params=MARCH)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
