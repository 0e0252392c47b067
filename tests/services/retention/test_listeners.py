"""Events may come in any order, twice, and be told again: what retention keeps is the same."""

import random
from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.data.database import Database
from contracts.event import Event
from kernel.clock import utc_now
from kernel.ids import TenantId, new_id
from services.retention.queries.verify import breaches
from tests.services.retention.keeping import kept, one
from tests.services.retention.telling import (
    bought,
    changed,
    created,
    gave_back,
    moment,
    tell,
    tell_together,
    tenant_created,
)


def year_of(tenant_id: TenantId) -> list[Event]:
    """A customer who came weekly, brought things back, changed; a second one; and a walk-in."""
    cake = bought(tenant_id, "cus_a", "2026-01-08", "pur_2", due=2000)
    mistake = bought(tenant_id, "cus_a", "2026-01-19 23:30", "pur_4")
    return [
        tenant_created(tenant_id),
        created(tenant_id, "cus_a", "2025-12-30"),
        bought(tenant_id, "cus_a", "2026-01-01", "pur_1"),
        cake,
        changed(tenant_id, "cus_a", "2026-01-09", version=2, language="en", status="blocked"),
        gave_back(cake, "2026-01-09", refund=500, return_id="ret_1"),
        bought(tenant_id, "cus_a", "2026-01-15", "pur_3"),
        mistake,
        gave_back(mistake, "2026-01-20", refund=100, return_id="ret_2"),
        gave_back(mistake, "2026-01-21", return_id="ret_3").model_copy(update={"refund": 900}),
        changed(tenant_id, "cus_a", "2026-02-01", version=3, language="ar"),
        bought(tenant_id, "cus_b", "2026-01-15", "pur_5"),
        bought(tenant_id, None, "2026-01-15", "pur_6"),
    ]


def test_what_is_kept_of_a_year(database: Database, tenant_id: TenantId) -> None:
    tell(database, year_of(tenant_id))
    state = kept(database, tenant_id)
    ana, bo = state["customers"]
    assert (ana["version"], ana["language"], ana["status"], ana["visits"]) == (3, "ar", "active", 3)
    assert (ana["gap"], ana["gap_last"], str(ana["known_at"].date())) == (7, 7, "2025-12-30")
    assert (bo["version"], bo["language"], bo["visits"], bo["gap"]) == (0, None, 1, None)
    assert {visit["purchase_id"]: visit["spend"] for visit in state["visits"]} == {
        "pur_1": 1000,
        "pur_2": 1500,
        "pur_3": 1000,
        "pur_4": 0,
        "pur_5": 1000,
    }
    assert breaches(database, utc_now()) == []


@pytest.mark.parametrize("told", ["forwards", "backwards"])
def test_telling_it_again_changes_nothing(database: Database, tenant_id: TenantId, told: str) -> None:
    events = year_of(tenant_id) if told == "forwards" else year_of(tenant_id)[::-1]
    tell(database, events)
    before = kept(database, tenant_id)
    tell(database, year_of(tenant_id))
    assert kept(database, tenant_id) == before


@given(random_order=st.randoms(use_true_random=False), repeated=st.lists(st.integers(0, 12), max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_repetition_change_nothing(
    database: Database, random_order: random.Random, repeated: list[int]
) -> None:
    in_order, shuffled = TenantId(new_id("ten")), TenantId(new_id("ten"))
    tell(database, year_of(in_order))
    events = year_of(shuffled)
    tell(database, in_any_order([*events, *(events[index] for index in repeated)], random_order))
    assert kept(database, shuffled) == kept(database, in_order)
    assert breaches(database, utc_now()) == []


@st.composite
def months(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What happened to three customers, told in any order and some of it twice: as arguments, without a tenant."""
    customers = st.sampled_from(["cus_a", "cus_b", "cus_c"])
    days = st.integers(0, 60)
    told: list[dict[str, Any]] = [
        {"what": "bought", "customer": draw(customers), "day": draw(days), "id": number}
        for number in range(draw(st.integers(1, 25)))
    ]
    for number in range(draw(st.integers(0, 10))):
        of = draw(st.sampled_from(told[: len(told) - number]))
        told.append({**of, "what": "returned", "later": draw(days), "return": number, "whole": draw(st.booleans())})
    for version in range(draw(st.integers(0, 6))):
        told.append({"what": "changed", "customer": draw(customers), "day": draw(days), "version": 1 + version % 4})
    again = draw(st.lists(st.sampled_from(told), max_size=8))
    return draw(st.permutations([*told, *again]))


def told_to(tenant_id: TenantId, months: Sequence[dict[str, Any]]) -> list[Event]:
    """The same as events of a tenant."""
    return [event_of(tenant_id, one) for one in months]


def event_of(tenant_id: TenantId, one: dict[str, Any]) -> Event:
    at = moment("2026-01-01") + timedelta(days=one["day"])
    if one["what"] == "changed":
        language = "ar" if one["day"] % 2 else "en"
        return changed(tenant_id, one["customer"], at.strftime("%Y-%m-%d"), version=one["version"], language=language)
    purchase = bought(tenant_id, one["customer"], at, f"pur_{one['id']}")
    if one["what"] == "bought":
        return purchase
    back = gave_back(purchase, at + timedelta(days=one["later"]), refund=100, return_id=f"ret_{one['return']}")
    return back.model_copy(update={"whole": one["whole"]})


@given(happened=months(), sizes=st.lists(st.integers(1, 12), min_size=1), unknown=st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_told_together_comes_to_what_it_would_have_one_by_one(
    database: Database, happened: list[dict[str, Any]], sizes: list[int], unknown: bool
) -> None:
    """Also while the tenant is not known yet."""
    alone, together = TenantId(new_id("ten")), TenantId(new_id("ten"))
    for tenant_id in (alone, together):
        if not unknown:
            tell(database, [tenant_created(tenant_id)])
    tell(database, told_to(alone, happened))
    events, turn = told_to(together, happened), cycle(sizes)
    while events:
        size = next(turn)
        tell_together(database, events[:size])
        events = events[size:]
    assert kept(database, together) == kept(database, alone)
    for tenant_id in (alone, together):
        tell(database, [tenant_created(tenant_id)])
    assert kept(database, together) == kept(database, alone)
    assert breaches(database, utc_now()) == []


def in_any_order(events: Sequence[Event], random_order: random.Random) -> list[Event]:
    told = list(events)
    random_order.shuffle(told)
    return told


@given(days=st.lists(st.integers(0, 40), min_size=1, max_size=40), returned=st.sets(st.integers(0, 39), max_size=4))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_by_the_event_is_what_the_visits_say(
    database: Database, days: list[int], returned: set[int]
) -> None:
    """More visits than are kept at hand, in any order, some of them undone."""
    tenant_id = TenantId(new_id("ten"))
    purchases = [bought(tenant_id, "cus_a", moment("2026-01-01") + timedelta(days=day)) for day in days]
    returns = [gave_back(purchases[index], "2026-03-01") for index in returned if index < len(purchases)]
    tell(database, [tenant_created(tenant_id), *purchases, *returns])
    assert breaches(database, utc_now()) == []


def test_one_tenants_events_touch_no_other(database: Database, bakery: TenantId, other_tenant_id: TenantId) -> None:
    tell(database, year_of(bakery))
    before = kept(database, bakery)
    tell(database, [tenant_created(other_tenant_id), bought(other_tenant_id, "cus_a", "2026-03-01", "pur_1", due=7)])
    assert kept(database, bakery) == before
    assert one(database, other_tenant_id, "visits")["spend"] == 7
