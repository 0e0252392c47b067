"""How many wrong codes came from whom lately. Source: docs/rules/vouchers.md."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import TenantId
from services.loyalty.domain.guessing import WINDOW, Guesser, Wrong
from services.loyalty.tables.base import Base


class WrongCodesRow(Base):
    """Wrong codes from one key, till or customer, counted from the first of them (`since`)."""

    __tablename__ = "wrong_codes"

    tenant_id: Mapped[TenantKey]
    kind: Mapped[str] = mapped_column(primary_key=True)  # key, till, customer
    who: Mapped[str] = mapped_column(primary_key=True)
    wrong: Mapped[int]
    since: Mapped[datetime]


READ = text("""
    SELECT w.kind, w.who, w.wrong, w.since FROM wrong_codes w
    JOIN unnest(CAST(:kinds AS text[]), CAST(:whos AS text[])) AS asked (kind, who)
        ON w.kind = asked.kind AND w.who = asked.who
    WHERE w.tenant_id = :tenant_id
""")
COUNT = text("""
    INSERT INTO wrong_codes AS w (tenant_id, kind, who, wrong, since)
    SELECT :tenant_id, kind, who, :wrong, CAST(:at AS timestamptz)
    FROM unnest(CAST(:kinds AS text[]), CAST(:whos AS text[])) AS asked (kind, who)
    ON CONFLICT (tenant_id, kind, who) DO UPDATE SET
        wrong = CASE WHEN w.since > :window_began THEN w.wrong + excluded.wrong ELSE excluded.wrong END,
        since = CASE WHEN w.since > :window_began THEN w.since ELSE excluded.since END
""")
FORGET = text("DELETE FROM wrong_codes WHERE tenant_id = :tenant_id AND since <= :window_began")


def read_wrong(db: Session, tenant_id: TenantId, guesser: Guesser) -> list[Wrong]:
    """What is counted for a guesser."""
    kinds, whos = zip(*guesser.names(), strict=True)
    rows = db.execute(READ, {"tenant_id": tenant_id, "kinds": list(kinds), "whos": list(whos)})
    return [Wrong(*row) for row in rows]


def count_wrong(db: Session, tenant_id: TenantId, guesser: Guesser, wrong: int, at: datetime) -> None:
    """Count so many wrong codes more: in the window that is open, or in a new one."""
    kinds, whos = zip(*guesser.names(), strict=True)
    named = {"tenant_id": tenant_id, "kinds": list(kinds), "whos": list(whos)}
    db.execute(COUNT, {**named, "wrong": wrong, "at": at, "window_began": at - WINDOW})


def forget_wrong(db: Session, tenant_id: TenantId, at: datetime) -> int:
    """Delete what no longer bars anybody; returns how many rows."""
    found = db.execute(FORGET, {"tenant_id": tenant_id, "window_began": at - WINDOW})
    return found.rowcount  # type: ignore[attr-defined, no-any-return]
