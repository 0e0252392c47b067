"""The chain that makes tampering with the ledger visible. Source: docs/ledger.md."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

EMPTY = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class SealedEntry(NamedTuple):
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
    written = [_written(fact) for fact in entry]
    return hashlib.sha256(before + b"".join([b"%d:%b" % (len(fact), fact) for fact in written])).digest()


def _written(fact: str | int | datetime | None) -> bytes:
    if isinstance(fact, str):
        return fact.encode()
    if isinstance(fact, datetime):
        return b"%d" % ((fact - EPOCH) // MICROSECOND)
    return b"-" if fact is None else b"%d" % fact
