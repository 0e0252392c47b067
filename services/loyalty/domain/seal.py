"""The chain that makes tampering with the ledger visible. Source: docs/ledger.md."""

import hashlib
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta

EMPTY = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedEntry:
    """All that an entry says, in the order in which it is sealed."""

    tenant_id: str
    position: int
    transaction_id: str
    kind: str
    reference: str
    wallet: str
    customer_id: str
    unit: str
    amount: int
    balance_after: int | None
    occurred_at: datetime
    recorded_at: datetime


def seal(before: bytes, entry: SealedEntry) -> bytes:
    """The entry's link: SHA-256 of the link before it and of all that the entry says.

    Each fact is written as its length in UTF-8 bytes, a colon and itself, so that no two entries are written alike;
    moments as microseconds since 1970, nothing as a minus sign.
    """
    link = hashlib.sha256(before)
    for fact in astuple(entry):
        written = _written(fact).encode()
        link.update(b"%d:%s" % (len(written), written))
    return link.digest()


def _written(fact: object) -> str:
    if isinstance(fact, datetime):
        return str((fact - EPOCH) // timedelta(microseconds=1))
    return "-" if fact is None else str(fact)
