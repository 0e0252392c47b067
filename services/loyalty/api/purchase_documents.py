"""How a purchase reads in an answer: the same whether it was recorded now or before."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field

from kernel.language import Language
from services.loyalty.domain.effects import Effect, effects_as_json
from services.loyalty.domain.misses import Miss
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.wording import effect_text, miss_text
from services.loyalty.tables.receipts import PurchaseRecord, ReadPurchase


class TotalsDocument(BaseModel):
    """What the basket costs, in minor units: subtotal - discount = due."""

    subtotal: int
    discount: int
    due: int


class EffectDocument(BaseModel):
    """Something a rule did; which fields there are depends on `kind`."""

    kind: str = Field(
        description="discount, give, use_voucher, accrue, stamp, issue_voucher, extend_membership, issue_pass, "
        "enter_draw, give_plays, advance, achieve or pay."
    )
    rule: str | None = None
    text: str = Field(description="In the language asked for.")

    model_config = {"extra": "allow"}


class MissDocument(BaseModel):
    """A rule that did nothing: which condition stood in the way, and how far off it was."""

    rule: str | None
    condition: str
    short_by: int
    unit: str
    code: str | None
    instead: str | None = Field(default=None, description="The rule of its group that was applied and shut it out.")
    again_at: datetime | None = Field(default=None, description="When the rule's limit allows it again.")
    wallet: str | None = Field(default=None, description="The wallet's unit, where units of one are missing.")
    text: str


class ProgramReference(BaseModel):
    """The version of the program that decided."""

    id: str
    version: int


class PurchaseDocument(BaseModel):
    """A recorded sale and what it caused. Amounts in minor units of `currency`."""

    object: str = "purchase"
    id: str
    status: str
    customer_id: str | None
    store_id: str
    till_id: str | None
    channel: str
    external_id: str
    occurred_at: datetime
    recorded_at: datetime
    currency: str
    totals: TotalsDocument
    effects: list[EffectDocument]
    misses: list[MissDocument]
    balance_after: int | None = Field(description="The wallet's balance after the sale; null for a walk-in.")
    program: ProgramReference | None
    revision: int = Field(description="Grows with each return and each correction; also its `ETag`.")


def purchase_document(
    purchase: PurchaseRecord, program: CompiledProgram | None, language: Language, read: ReadPurchase | None = None
) -> dict[str, Any]:
    """A purchase as JSON values; `read` is what its documents say, where that is known without reading them."""
    read = read or ReadPurchase.of(purchase)
    reference = {"id": purchase.program_id, "version": purchase.program_version} if purchase.program_id else None
    return {
        "object": "purchase",
        "id": purchase.id,
        "status": purchase.status,
        "customer_id": purchase.customer_id,
        "store_id": purchase.store_id,
        "till_id": read.till_id,
        "channel": read.channel,
        "external_id": purchase.external_id,
        "occurred_at": in_utc(purchase.occurred_at),
        "recorded_at": in_utc(purchase.recorded_at),
        "currency": purchase.currency,
        "totals": {"subtotal": purchase.subtotal, "discount": purchase.discount, "due": purchase.due},
        "effects": with_texts(read.effects, read.effects_as_json, program, language),
        "misses": miss_documents(read.misses, program, language),
        "balance_after": purchase.balance_after,
        "program": reference,
        "revision": purchase.revision,
    }


def effect_documents(
    effects: Sequence[Effect], program: CompiledProgram | None, language: Language
) -> list[dict[str, Any]]:
    """Effects as JSON values, each with its sentence."""
    return with_texts(effects, effects_as_json(effects), program, language)


def with_texts(
    effects: Sequence[Effect],
    documents: Sequence[Mapping[str, Any]],
    program: CompiledProgram | None,
    language: Language,
) -> list[dict[str, Any]]:
    """The documents of some effects, each with its sentence."""
    return [
        {**document, "text": effect_text(effect, program, language) if program else ""}
        for effect, document in zip(effects, documents, strict=True)
    ]


def miss_documents(misses: Sequence[Miss], program: CompiledProgram | None, language: Language) -> list[dict[str, Any]]:
    """Misses as JSON values, each with its sentence."""
    return [
        {
            "rule": miss.rule,
            "condition": miss.condition,
            "short_by": miss.short_by,
            "unit": miss.unit,
            "code": miss.code,
            "instead": miss.instead,
            "again_at": in_utc(miss.again_at) if miss.again_at else None,
            "wallet": miss.wallet,
            "text": miss_text(miss, program, language) if program else "",
        }
        for miss in misses
    ]


def in_utc(moment: datetime) -> str:
    """RFC 3339, in UTC, ending in Z."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{moment.isoformat()[:-6]}Z"
