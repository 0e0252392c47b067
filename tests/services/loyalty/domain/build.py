"""Baskets, programs and customers with sensible defaults: a test names only what it is about."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.evaluate import Evaluation, evaluate
from services.loyalty.domain.program import CompiledProgram, ProgramDocument, compile_program

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # noon in Riyadh, a Sunday
NAME = {"en": "Rule", "ar": "قاعدة"}


def line(sku: str = "COFFEE", quantity: int = 1, price: int = 1000, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity, "unit_price": price, **more}


def basket(*lines: dict[str, Any], **more: Any) -> Basket:
    fields: dict[str, Any] = {
        "store_id": "riyadh-1",
        "external_id": "R-1",
        "occurred_at": NOON,
        "currency": "SAR",
        "lines": lines or (line(),),
    }
    return Basket.model_validate(fields | more)


def rule(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "id": kind, "name": NAME, **more}


def document(*rules: dict[str, Any], **terms: Any) -> ProgramDocument:
    fields: dict[str, Any] = {"currency": "SAR", "time_zone": "Asia/Riyadh", "rules": rules}
    return ProgramDocument.model_validate(fields | terms)


def program(*rules: dict[str, Any], **terms: Any) -> CompiledProgram:
    return compile_program(document(*rules, **terms))


def customer(**facts: Any) -> CustomerFacts:
    return CustomerFacts(id="cus_1", **facts)


def evaluated(
    rules: Sequence[dict[str, Any]],
    bought: Basket | None = None,
    who: CustomerFacts | None = None,
    **terms: Any,
) -> Evaluation:
    """What the rules make of the basket, for a customer without a past unless another is given."""
    bought = bought or basket()
    return evaluate(program(*rules, **terms), bought, who or customer(), bought.occurred_at)


def only(evaluation: Evaluation) -> Any:
    """The one effect there is."""
    (effect,) = evaluation.effects
    return effect


def missed(evaluation: Evaluation) -> list[tuple[str | None, str, int, str]]:
    """Every miss as (rule, condition, short by, unit)."""
    return [(miss.rule, miss.condition, miss.short_by, miss.unit) for miss in evaluation.misses]
