"""Sales that are known already, found by receipt or by idempotency key; and the vouchers that baskets show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter

from chassis.data.pipelines import Pipeline, columns_for
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.effects import Effect, effects_as_json, effects_from_json
from services.loyalty.domain.misses import Miss
from services.loyalty.domain.tally import Used

FACTS: TypeAdapter[CustomerFacts] = TypeAdapter(CustomerFacts)
USED: TypeAdapter[Used] = TypeAdapter(Used)
MISSES: TypeAdapter[tuple[Miss, ...]] = TypeAdapter(tuple[Miss, ...])


class Receipt(NamedTuple):
    """What names a sale for ever: the tenant's store and its number there."""

    tenant_id: TenantId
    store_id: str
    external_id: str


@dataclass(slots=True, kw_only=True)
class PurchaseRecord:
    """A sale as it was recorded; documents are JSON text."""

    tenant_id: TenantId
    id: str
    customer_id: CustomerId | None
    store_id: str
    external_id: str
    fingerprint: bytes
    status: str
    program_id: str | None
    program_version: int | None
    currency: str
    subtotal: int
    discount: int
    due: int
    balance_after: int | None
    basket: str
    facts: str
    used: str | None
    effects: str
    misses: str
    returned: str | None
    occurred_at: datetime
    recorded_at: datetime
    revision: int = 1

    @property
    def receipt(self) -> Receipt:
        """What names it."""
        return Receipt(self.tenant_id, self.store_id, self.external_id)


@dataclass(frozen=True, slots=True)
class ReadPurchase:
    """What the documents of a sale say, of what an answer tells; effects also as plain JSON values."""

    till_id: str | None
    channel: str
    effects: Sequence[Effect]
    effects_as_json: list[dict[str, Any]]
    misses: Sequence[Miss]

    @classmethod
    def of(cls, purchase: PurchaseRecord) -> "ReadPurchase":
        """Read what is in the books."""
        basket = orjson.loads(purchase.basket)
        effects = effects_from_json(purchase.effects)
        misses = MISSES.validate_json(purchase.misses)
        return cls(basket.get("till_id"), basket.get("channel", "store"), effects, effects_as_json(effects), misses)


@dataclass(slots=True)
class PresentedVoucher:
    """A voucher whose code a basket shows."""

    tenant_id: TenantId
    id: str
    code: str
    customer_id: CustomerId
    benefit: str
    status: str
    valid_until: datetime | None
    reserved_by: str | None
    reserved_until: datetime | None

    def is_reserved(self, at: datetime, own: str | None) -> bool:
        """Whether another checkout than the reservation `own` has it to itself."""
        return self.reserved_until is not None and self.reserved_until > at and self.reserved_by != own


COLUMNS = tuple(PurchaseRecord.__slots__)
BY_RECEIPT = f"""
    SELECT {", ".join(f"p.{column}" for column in COLUMNS)}
    FROM unnest(%b::text[], %b::text[], %b::text[]) AS wanted (tenant_id, store_id, external_id)
    JOIN purchases p ON p.tenant_id = wanted.tenant_id AND p.store_id = wanted.store_id
        AND p.external_id = wanted.external_id
"""  # noqa: S608 - the columns are ours
BY_ID = f"""
    SELECT {", ".join(f"p.{column}" for column in COLUMNS)} FROM purchases p
    WHERE p.tenant_id = %s AND p.id = %s
"""  # noqa: S608 - the columns are ours
VOUCHERS = """
    SELECT v.tenant_id, v.id, v.code, v.customer_id, v.benefit, v.status, v.valid_until,
           v.reserved_by, v.reserved_until
    FROM unnest(%b::text[], %b::text[]) AS wanted (tenant_id, code)
    JOIN vouchers v ON v.tenant_id = wanted.tenant_id AND v.code = wanted.code
"""
KEYS = """
    SELECT k.tenant_id, k.key, k.fingerprint
    FROM unnest(%b::text[], %b::text[], %b::text[]) AS wanted (tenant_id, operation, key)
    JOIN idempotency_keys k ON k.tenant_id = wanted.tenant_id AND k.operation = wanted.operation
        AND k.key = wanted.key
"""


class ReceiptsRequest:
    """The questions about some sales, asked in a pipeline; read the answers when it is over."""

    def __init__(
        self,
        asking: Pipeline,
        receipts: Iterable[Receipt],
        codes: Iterable[tuple[TenantId, str]],
        keys: Iterable[tuple[TenantId, str, str]],
    ) -> None:
        self._known = asking.send(BY_RECEIPT, columns_for(BY_RECEIPT, sorted(set(receipts))))
        self._vouchers = asking.send_rows(VOUCHERS, sorted(set(codes)))
        self._keys = asking.send_rows(KEYS, sorted(set(keys)))

    def known(self) -> dict[Receipt, PurchaseRecord]:
        """The sales that were recorded before."""
        records = [PurchaseRecord(**dict(zip(COLUMNS, row, strict=True))) for row in self._known.fetchall()]
        return {record.receipt: record for record in records}

    def vouchers(self) -> dict[tuple[TenantId, str], PresentedVoucher]:
        """The vouchers there are of those codes."""
        rows = self._vouchers.fetchall() if self._vouchers else []
        return {(row[0], row[2]): PresentedVoucher(*row) for row in rows}

    def keys(self) -> dict[tuple[TenantId, str], bytes]:
        """The fingerprints that idempotency keys were first used with."""
        rows = self._keys.fetchall() if self._keys else []
        return {(tenant_id, key): fingerprint for tenant_id, key, fingerprint in rows}


def purchase_row(record: PurchaseRecord) -> tuple[object, ...]:
    """The row of a new purchase, in the order of the row set's columns."""
    return (
        record.tenant_id,
        record.id,
        record.customer_id,
        record.store_id,
        record.external_id,
        record.fingerprint,
        record.status,
        record.program_id,
        record.program_version,
        record.currency,
        record.subtotal,
        record.discount,
        record.due,
        record.balance_after,
        record.basket,
        record.facts,
        record.used,
        record.effects,
        record.misses,
        record.occurred_at,
        record.recorded_at,
    )
