import json
from typing import Any

import pytest
from pydantic import ValidationError

from services.loyalty.domain.basket import Basket
from tests.services.loyalty.domain.build import basket, line


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([line(quantity=1)], id="one unit"),
        pytest.param([line(quantity=1_000_000)], id="a million units"),
        pytest.param([line(price=0)], id="costs nothing"),
        pytest.param([line(quantity=2, price=500, discount=1000)], id="discounted to nothing"),
        pytest.param([line(quantity=2, price=500, discount=900, tax=100)], id="all that is left is tax"),
        pytest.param([line()] * 500, id="five hundred lines"),
        pytest.param([line(price=10**13)], id="as dear as can be"),
    ],
)
def test_accepts(lines: list[dict[str, Any]]) -> None:
    assert len(basket(*lines).lines) == len(lines)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        pytest.param({"lines": []}, "at least 1 item", id="no lines"),
        pytest.param({"lines": [line()] * 501}, "at most 500 items", id="too many lines"),
        pytest.param({"lines": [line(quantity=0)]}, "greater than or equal to 1", id="no units"),
        pytest.param({"lines": [line(quantity=1_000_001)]}, "less than or equal to 1000000", id="too many units"),
        pytest.param({"lines": [line() | {"quantity": 1.5}]}, "valid integer", id="half a unit"),
        pytest.param({"lines": [line(price=-1)]}, "greater than or equal to 0", id="negative price"),
        pytest.param({"lines": [line(), line(discount=1001)]}, r"lines\[1\]", id="discount above the price"),
        pytest.param({"lines": [line(discount=900, tax=101)]}, r"lines\[0\]", id="tax above what is left"),
        pytest.param({"lines": [line(price=10**13), line(price=1)]}, "at most", id="too dear"),
        pytest.param({"lines": [line(colour="red")]}, "Extra inputs", id="unknown key in a line"),
        pytest.param({"note": "hello"}, "Extra inputs", id="unknown key"),
        pytest.param({"channel": "pigeon"}, "'store', 'online', 'app' or 'phone'", id="unknown channel"),
        pytest.param({"currency": "sar"}, "pattern", id="currency in small letters"),
        pytest.param({"occurred_at": "2026-11-22T10:00:00"}, "timezone", id="no zone"),
        pytest.param({"occurred_at": 1795341600}, "write it as text", id="seconds"),
        pytest.param({"lines": [line() | {"quantity": "3"}]}, "valid integer", id="a number as text"),
        pytest.param({"lines": [line() | {"quantity": True}]}, "valid integer", id="a yes for a number"),
        pytest.param({"lines": [line("A\x00B")]}, "pattern", id="a zero byte, which PostgreSQL cannot keep"),
        pytest.param({"external_id": "R-1\n"}, "pattern", id="a new line in a receipt number"),
        pytest.param({"codes": ["X"] * 21}, "at most 20 items", id="too many codes"),
    ],
)
def test_refuses(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        basket(**({"lines": [line()]} | fields))


def test_is_read_from_the_body_of_a_request() -> None:
    body = {
        "customer_id": "cus_01h455vb4pex5vsknk084sn02q",
        "store_id": "riyadh-1",
        "till_id": "1",
        "channel": "store",
        "external_id": "R-1001",
        "occurred_at": "2026-11-22T10:00:00Z",
        "currency": "SAR",
        "lines": [{"sku": "COFFEE", "name": "قهوة", "categories": ["drinks"], "quantity": 3, "unit_price": 1250}],
        "tenders": [{"kind": "card", "amount": 2500}],
        "codes": ["WELCOME10"],
        "quote_id": None,
    }
    read = Basket.model_validate_json(json.dumps(body))
    assert read.subtotal == 3750
    assert Basket.model_validate_json(read.model_dump_json()) == read
