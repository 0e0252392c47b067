"""What the tills send is what loyalty reads."""

import asyncio

import pytest
from pydantic import TypeAdapter

from bench.program import PROGRAM
from bench.tills import Job, Shift, Takings, Till, content_length, sold_now
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.program import ProgramDocument


def test_baskets_have_five_lines_and_are_paid() -> None:
    basket = Basket.model_validate_json(sold_now(7, b"1-2-3"))
    assert (basket.customer_id, basket.external_id, len(basket.lines)) == (f"cus_{7:026d}", "1-2-3", 5)
    assert sum(line.total for line in basket.lines) == basket.tenders[0].amount


def test_the_length_of_an_answer() -> None:
    assert content_length(b"HTTP/1.1 201 Created\r\nContent-Length: 626\r\nx: y") == 626


@pytest.mark.parametrize(
    ("job", "begins"),
    [
        ("purchase", b"POST /v1/purchases HTTP/1.1\r\n"),
        ("batch", b"POST /v1/purchases/batch HTTP/1.1\r\n"),
        ("quote", b"POST /v1/quotes HTTP/1.1\r\n"),
        ("balance", b"GET /v1/customers/cus_00000000000000000000000001/balance HTTP/1.1\r\n"),
        ("statement", b"GET /v1/customers/cus_00000000000000000000000001/statement HTTP/1.1\r\n"),
    ],
)
def test_requests(job: Job, begins: bytes) -> None:
    shift = Shift("127.0.0.1", 1, {"wafa-tenant": "ten_1"}, job, 1, 1, 1, 0.0, 1.0)

    async def asked() -> bytes:
        return Till(shift, 0, Takings(), 0.0).request()

    request = asyncio.run(asked())
    head, _, body = request.partition(b"\r\n\r\n")
    assert request.startswith(begins)
    assert b"\r\nwafa-tenant: ten_1" in head
    assert not body if request.startswith(b"GET") else len(body) == content_length(head)


def test_the_program_has_ten_rules_of_many_families() -> None:
    program = TypeAdapter(ProgramDocument).validate_python(PROGRAM)
    assert len(program.rules) == 10
    assert len({rule.kind for rule in program.rules}) == 8
