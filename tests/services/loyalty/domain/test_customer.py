from datetime import UTC, date, datetime

from pydantic import TypeAdapter

from services.loyalty.domain.customer import CustomerFacts, VoucherFacts
from services.loyalty.domain.name import Name
from services.loyalty.domain.reward import FreeItem

FACTS: TypeAdapter[CustomerFacts] = TypeAdapter(CustomerFacts)


def test_facts_are_kept_with_a_purchase_and_read_back_for_its_returns() -> None:
    reward = FreeItem(kind="free_item", name=Name(en="A coffee", ar="قهوة"))
    facts = CustomerFacts(
        id="cus_1",
        purchases=3,
        stamps={"coffee": -1},
        memberships={"gym": date(2027, 4, 14)},
        vouchers=(VoucherFacts(code="00000000000000011", reward=reward, valid_until=datetime(2027, 1, 1, tzinfo=UTC)),),
        tier="gold",
        segments=frozenset({"vip", "staff"}),
        birthday="02-29",
        joined_on=date(2026, 11, 22),
    )
    assert FACTS.validate_json(FACTS.dump_json(facts)) == facts
    assert FACTS.validate_json(FACTS.dump_json(facts, exclude_defaults=True)) == facts


def test_facts_of_older_purchases_can_be_read() -> None:
    stored = '{"id": "cus_1", "purchases": 3, "stamps": {"coffee": 2}}'
    assert FACTS.validate_json(stored) == CustomerFacts(id="cus_1", purchases=3, stamps={"coffee": 2})


def test_the_same_facts_are_the_same_text() -> None:
    facts = CustomerFacts(id="cus_1", segments=frozenset({"vip", "staff", "new"}))
    assert FACTS.dump_json(facts, exclude_defaults=True) == b'{"id":"cus_1","segments":["new","staff","vip"]}'
