"""Entries and their seals."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.verification import Breach
from kernel.ids import TenantId
from services.loyalty.domain.seal import EMPTY, SealedEntry, seal
from services.loyalty.tables.seals import LedgerHeadRow

CHAIN = "I5 the chain of seals is unbroken"
ROWS_MAX = 2000
BEFORE_ALL = -(2**62)
FIELDS = SealedEntry._fields
UNSEALED = text(f"""
    SELECT {", ".join(FIELDS)} FROM entries
    WHERE tenant_id = :tenant_id AND position > :after AND position <= :until ORDER BY position LIMIT :limit
""")  # noqa: S608 - the columns are ours
SEALED = text(f"""
    SELECT coalesce(e.position, s.position) AS place, s.hash, {", ".join(f"e.{name}" for name in FIELDS)}
    FROM (SELECT * FROM entries WHERE tenant_id = :tenant_id AND position > :after AND position <= :until) e
    FULL JOIN (SELECT * FROM entry_seals WHERE tenant_id = :tenant_id AND position > :after AND position <= :until) s
        ON s.position = e.position
    ORDER BY place
""")  # noqa: S608 - the columns are ours
NEXT = text("""
    SELECT max(position) FROM (
        SELECT position FROM entry_seals WHERE tenant_id = :tenant_id AND position > :after AND position <= :until
        ORDER BY position LIMIT :limit
    ) AS part
""")


class Link(NamedTuple):
    """A place in the chain: the entry that stands there, if one does, and its seal, if it has one."""

    position: int
    entry: SealedEntry | None
    hash: bytes | None


def head_of(db: Session, tenant_id: TenantId) -> LedgerHeadRow | None:
    """Where the tenant's chain ends; None before its first seal."""
    return db.get(LedgerHeadRow, tenant_id)


def unsealed(db: Session, tenant_id: TenantId, *, after: int, until: int) -> list[SealedEntry]:
    """The next entries to seal, in the order of their positions."""
    named = {"tenant_id": tenant_id, "after": after, "until": until, "limit": ROWS_MAX}
    return [SealedEntry._make(row) for row in db.execute(UNSEALED, named)]


def chain_of(db: Session, tenant_id: TenantId, until: int) -> Iterator[Link]:
    """Every place of the chain in its order, some rows at a time."""
    after = BEFORE_ALL
    while after < until:
        named = {"tenant_id": tenant_id, "after": after, "until": until}
        # The part ends where the last of some seals stands, or at the end when there are no more seals.
        part = db.scalar(NEXT, {**named, "limit": ROWS_MAX}) or until
        for place, sealed, *facts in db.execute(SEALED, {**named, "until": part}):
            entry = SealedEntry._make(facts)
            yield Link(place, entry if entry.position is not None else None, sealed)
        after = part


def broken_chain(db: Session, tenant_id: TenantId, _at: datetime) -> Iterator[Breach]:
    """The first row that is not as it was sealed; everything after it hangs on it."""
    head = head_of(db, tenant_id)
    if head is None:
        return
    last = EMPTY
    for link in chain_of(db, tenant_id, head.position):
        place = f"entry {link.position}"
        if link.entry is None:
            yield Breach(CHAIN, tenant_id, place, "was sealed and is gone")
            return
        if link.hash is None:
            yield Breach(CHAIN, tenant_id, place, "stands among sealed entries and was never sealed")
            return
        last = seal(last, link.entry)
        if last != link.hash:
            yield Breach(CHAIN, tenant_id, place, "is not what was sealed")
            return
    if last != head.hash:
        yield Breach(CHAIN, tenant_id, "head", "is not the hash of the last entry")
