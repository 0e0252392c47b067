"""GET /v1/retention/stages and GET /v1/customers/{id}/stage."""

from collections import Counter
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings

from chassis.data.database import Database
from kernel.ids import TenantId, new_id
from tests.services.retention.conftest import NOW, Client
from tests.services.retention.oracle import Shop
from tests.services.retention.shops import events_of, moments, shops
from tests.services.retention.telling import bought, created, gave_back, moment, tell, tenant_created

STAGES = "/v1/retention/stages"
NOBODY = dict.fromkeys(("prospect", "new", "active", "slipping", "lapsed", "won_back"), 0)


def stage_path(customer_id: str) -> str:
    return f"/v1/customers/{customer_id}/stage"


@pytest.fixture
def weekly(database: Database, bakery: TenantId) -> TenantId:
    """A bakery where Ana came every Sunday of March and on 12 July; Bo signed up and never came."""
    sundays = [bought(bakery, "cus_ana", f"2026-03-{day}") for day in ("01", "08", "15", "22", "29")]
    tell(database, [created(bakery, "cus_bo", "2026-03-20"), *sundays, bought(bakery, "cus_ana", "2026-07-12")])
    return bakery


@pytest.mark.parametrize(
    ("as_of", "stage", "days_since", "lateness"),
    [
        pytest.param("2026-03-01 12:00", "new", 0, "0.00", id="her first visit"),
        pytest.param("2026-03-15 12:00", "active", 0, "0.00", id="her third"),
        pytest.param("2026-04-19 20:59", "active", 21, "3.00", id="three weeks later"),
        pytest.param("2026-04-19 21:00", "slipping", 22, "3.14", id="a minute past midnight in Riyadh"),
        pytest.param("2026-05-11 12:00", "lapsed", 43, "6.14", id="six weeks later"),
        pytest.param("2026-07-12 12:00", "won_back", 0, "0.00", id="back again"),
        pytest.param("2026-08-03 12:00", "slipping", 22, "3.14", id="and off again"),
    ],
)
def test_a_relationship_through_the_year(
    client: Client, weekly: TenantId, as_of: str, stage: str, days_since: int, lateness: str
) -> None:
    answer = client(weekly).get(stage_path("cus_ana"), params={"as_of": moment(as_of).isoformat()}).json()
    assert (answer["stage"], answer["days_since"], answer["lateness"]) == (stage, days_since, lateness)


@pytest.mark.parametrize("path", [STAGES, stage_path("cus_ana"), stage_path("cus_new")])
def test_what_is_asked_today_about_last_week_is_what_was_answered_then(
    client: Client, database: Database, weekly: TenantId, path: str
) -> None:
    tell(database, [bought(weekly, "cus_new", "2026-11-01")])
    last_week = moment("2026-11-15")
    answered = client(weekly, now=last_week).get(path).json()
    tell(database, [bought(weekly, customer, "2026-11-20") for customer in ("cus_ana", "cus_new", "cus_bo")])
    assert client(weekly).get(path, params={"as_of": last_week.isoformat()}).json() == answered
    assert client(weekly).get(path).json() != answered


def test_a_stage_explains_itself(client: Client, weekly: TenantId) -> None:
    asked = {"as_of": "2026-04-20T12:00:00Z"}
    answer = client(weekly).get(stage_path("cus_ana"), params=asked).json()
    assert answer == {
        "object": "customer_stage",
        "customer_id": "cus_ana",
        "as_of": "2026-04-20T12:00:00Z",
        "stage": "slipping",
        "reason": "A visit every 7 days is usual for this customer, but the last one was 22 days ago: "
        "more than 3 times as long.",
        "days_since": 22,
        "lateness": "3.14",
        "yardstick": {"gap_days": "7", "basis": "own"},
        "rhythm": {"visits": 5, "first_on": "2026-03-01", "last_on": "2026-03-29", "gap_days": "7"},
    }
    arabic = client(weekly, language="ar").get(stage_path("cus_ana"), params=asked).json()
    assert arabic["reason"].startswith("المعتاد لدى هذا العميل زيارة كل 7 أيام")


def test_a_prospect_has_no_score(client: Client, weekly: TenantId) -> None:
    answer = client(weekly).get(stage_path("cus_bo")).json()
    assert answer["stage"] == "prospect"
    assert [answer[name] for name in ("days_since", "lateness", "yardstick", "rhythm")] == [None] * 4


def test_a_newcomer_is_measured_by_the_others(client: Client, database: Database, weekly: TenantId) -> None:
    tell(database, [bought(weekly, "cus_cem", "2026-11-01")])
    answer = client(weekly).get(stage_path("cus_cem")).json()
    assert (answer["stage"], answer["yardstick"]) == ("new", {"gap_days": "7", "basis": "tenant"})


def test_nobody_to_be_measured_by(client: Client, database: Database, bakery: TenantId) -> None:
    tell(database, [bought(bakery, "cus_cem", "2026-11-20")])
    answer = client(bakery).get(stage_path("cus_cem")).json()
    assert answer["yardstick"] == {"gap_days": "30", "basis": "default"}


def test_stages_are_counted(client: Client, weekly: TenantId) -> None:
    answer = client(weekly).get(STAGES, params={"as_of": "2026-04-20T12:00:00Z"}).json()
    assert answer == {
        "object": "retention_stages",
        "as_of": "2026-04-20T12:00:00Z",
        "customers": {**NOBODY, "prospect": 1, "slipping": 1},
        "usual_gap_days": "7",
    }


def test_before_anybody_was_known(client: Client, weekly: TenantId) -> None:
    answer = client(weekly).get(STAGES, params={"as_of": "2026-02-01T00:00:00Z"}).json()
    assert (answer["customers"], answer["usual_gap_days"]) == (NOBODY, None)


def test_who_brought_everything_back_is_a_prospect_again(client: Client, database: Database, bakery: TenantId) -> None:
    bread = bought(bakery, "cus_ana", "2026-03-01")
    tell(database, [bread, gave_back(bread, "2026-03-05")])
    stages = {
        day: client(bakery).get(stage_path("cus_ana"), params={"as_of": f"2026-03-{day}T13:00:00Z"}).json()["stage"]
        for day in ("04", "05")
    }
    assert stages == {"04": "new", "05": "prospect"}


@given(shop=shops, at=moments)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_stages_equal_the_oracle(client: Client, database: Database, shop: Shop, at: datetime) -> None:
    tenant_id = TenantId(new_id("ten"))
    tell(database, events_of(shop, tenant_id))
    caller = client(tenant_id)
    for as_of in (at, NOW):
        asked = {"as_of": as_of.isoformat()}
        expected = shop.stages(as_of)
        counted = caller.get(STAGES, params=asked).json()["customers"]
        assert counted == {**NOBODY, **Counter(expected.values())}
        for customer, stage in expected.items():
            assert caller.get(stage_path(f"cus_{customer}"), params=asked).json()["stage"] == stage


def test_a_tenant_sees_its_own_customers_only(
    client: Client, database: Database, weekly: TenantId, other_tenant_id: TenantId
) -> None:
    tell(database, [tenant_created(other_tenant_id), created(other_tenant_id, "cus_dina", "2026-01-01")])
    assert client(other_tenant_id).get(STAGES).json()["customers"] == {**NOBODY, "prospect": 1}
    assert client(other_tenant_id).get(stage_path("cus_ana")).status_code == 404
    assert client(weekly).get(stage_path("cus_dina")).status_code == 404


@pytest.mark.parametrize(
    ("path", "asked", "status", "code"),
    [
        pytest.param(stage_path("cus_nobody"), {}, 404, "customer_not_found", id="an unknown customer"),
        pytest.param(
            stage_path("cus_ana"), {"as_of": "2026-02-28T00:00:00Z"}, 404, "customer_not_found", id="not known then"
        ),
        pytest.param(STAGES, {"as_of": "2026-11-22T10:00:01Z"}, 422, "moment_in_future", id="as of tomorrow"),
        pytest.param(STAGES, {"as_of": "soon"}, 422, "invalid_request", id="no moment"),
    ],
)
def test_refusals(client: Client, weekly: TenantId, path: str, asked: dict[str, str], status: int, code: str) -> None:
    answer = client(weekly).get(path, params=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("path", [STAGES, stage_path("cus_ana")])
def test_a_tenant_not_heard_of_yet_is_asked_to_wait(client: Client, tenant_id: TenantId, path: str) -> None:
    assert client(tenant_id).get(path).json()["code"] == "tenant_not_ready"


@pytest.mark.parametrize("path", [STAGES, stage_path("cus_ana")])
def test_the_scope_is_needed(client: Client, weekly: TenantId, path: str) -> None:
    assert client(weekly, scopes=["customers:read"]).get(path).json()["code"] == "scope_missing"
