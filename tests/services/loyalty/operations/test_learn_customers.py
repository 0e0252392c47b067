"""Facts of many customers, learned together, come to what they would have one by one."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.operations.learn_customers import Facts, in_turns, learn_customers
from tests.services.loyalty.shop import NOON, Shop

FACTS = st.builds(
    Facts,
    customer_id=st.sampled_from([CustomerId("cus_a"), CustomerId("cus_b"), CustomerId("cus_c")]),
    version=st.integers(0, 5),
    language=st.sampled_from(["ar", "en"]),
    status=st.sampled_from(["active", "blocked"]),
    birthday=st.sampled_from([None, "02-29", "03-01"]),
    joined_at=st.none() | st.integers(0, 9).map(lambda days: NOON + timedelta(days=days)),
)
ROWS = "SELECT customer_id, version, language, status, birthday, joined_on FROM customers ORDER BY customer_id"


@given(before=st.lists(FACTS, max_size=4), told=st.lists(FACTS, min_size=1, max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_together_is_as_one_by_one(shop: Shop, before: list[Facts], told: list[Facts]) -> None:
    alone, together = TenantId(new_id("ten")), TenantId(new_id("ten"))
    kept = []
    for tenant_id, batches in ((alone, [[one] for one in [*before, *told]]), (together, [before, told])):
        with shop.database.transaction(tenant_id) as db:
            for batch in batches:
                learn_customers(db, tenant_id, batch, at=NOON)
            kept.append(db.connection().exec_driver_sql(ROWS).all())
    assert kept[0] == kept[1]


@given(told=st.lists(FACTS))
def test_in_a_turn_each_customer_is_there_once(told: list[Facts]) -> None:
    turns = list(in_turns(told))
    for turn in turns:
        ids = [one.customer_id for one in turn]
        assert ids == sorted(set(ids))
    for customer_id in {one.customer_id for one in told}:
        own = [one for turn in turns for one in turn if one.customer_id == customer_id]
        assert own == [one for one in told if one.customer_id == customer_id]
