"""P8's first half: how long it takes to decide what ten rules do to a basket of nine lines. Nothing but Python."""

from datetime import UTC, datetime
from statistics import median
from time import process_time

import orjson

from bench.pace import Pace
from bench.program import PROGRAM
from bench.tills import sold_now
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.evaluate import evaluate
from services.loyalty.domain.program import ProgramDocument, compile_program

LINES = 9
AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def evaluation_micros(pace: Pace) -> float:
    """The CPU time of one evaluation in microseconds, in the middle round."""
    program = compile_program(ProgramDocument.model_validate(PROGRAM))
    basket, customer = basket_of_nine(), CustomerFacts(id="cus_1", purchases=3, stamps={"beans": 4})
    times = round(5_000 * pace.seconds)
    rounds = []
    for _ in range(pace.rounds):
        began = process_time()
        for _ in range(times):
            evaluate(program, basket, customer, AT)
        rounds.append((process_time() - began) / times * 1_000_000)
    return median(rounds)


def basket_of_nine() -> Basket:
    """What the tills send, and four of its lines once more under other names."""
    document = orjson.loads(sold_now(1, b"nine"))
    more = [{**line, "sku": f"{line['sku']}-2"} for line in document["lines"][: LINES - len(document["lines"])]]
    return Basket.model_validate({**document, "lines": document["lines"] + more, "tenders": []})
