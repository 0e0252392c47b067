"""What is kept of a customer's tier, and how it changed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.pipelines import Answer, Pipeline
from chassis.data.row_sets import RowSet
from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.domain.tier_progress import NO_PROGRESS, NOT_TOLD, Admission, Floor, Progress, Told
from services.loyalty.tables.base import Base
from services.loyalty.tables.standings import Owner


class TierProgressRow(Base):
    """What a customer's purchases come to, as the rules named by `counted_by` count them, and the tier last told.

    It holds while `counted_at` is the customer's `purchases_version`; whoever finds it old counts the purchases anew.
    `merged_at` is the sum of those versions of the customers merged into this one. `amounts` is JSON: slot to amount.
    """

    __tablename__ = "tier_progress"
    __table_args__ = (
        Index("ix_tier_progress_ends", "tenant_id", "ends_on", postgresql_where=text("ends_on IS NOT NULL")),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    tenant_id: Mapped[TenantKey]
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    counted_by: Mapped[str]
    counted_at: Mapped[int]
    merged_at: Mapped[int]
    amounts: Mapped[str]
    best: Mapped[int]
    tier: Mapped[str | None]
    since: Mapped[date | None]
    ends_on: Mapped[date | None]
    floor_tier: Mapped[str | None]
    floor_until: Mapped[date | None]
    warned_for: Mapped[date | None]  # the end that the customer was warned of
    kept: Mapped[str] = mapped_column(server_default="{}")  # JSON: of segments they left, which tier until when
    updated_at: Mapped[datetime]


class TierChangeRow(Base):
    """A customer rose or fell, or was given a tier by hand. Never updated.

    `happened_on` is the first day of the new tier, `ends_on` its last as it looked then: of one given by hand, the
    floor's.
    """

    __tablename__ = "tier_changes"
    __table_args__ = (Index("ix_tier_changes_of", "tenant_id", "customer_id", "id"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    change: Mapped[str]  # upgraded, downgraded, set
    before: Mapped[str | None]
    after: Mapped[str | None]
    happened_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason: Mapped[str | None]
    actor: Mapped[str | None]
    recorded_at: Mapped[datetime]


COLUMNS = {
    "counted_by": "text",
    "counted_at": "bigint",
    "merged_at": "bigint",
    "amounts": "text",
    "best": "bigint",
    "tier": "text",
    "since": "date",
    "ends_on": "date",
    "floor_tier": "text",
    "floor_until": "date",
    "warned_for": "date",
    "kept": "text",
}
READ = f"""
    SELECT t.tenant_id, t.customer_id, {", ".join(f"t.{name}" for name in COLUMNS)}
    FROM unnest(%b::text[], %b::text[]) AS wanted (tenant_id, customer_id)
    JOIN tier_progress t ON t.tenant_id = wanted.tenant_id AND t.customer_id = wanted.customer_id
"""  # noqa: S608 - the columns are ours
PROGRESS = RowSet(
    "tier_progress",
    {"tenant_id": "text", "customer_id": "text", **COLUMNS, "updated_at": "timestamptz"},
    "ON CONFLICT (tenant_id, customer_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in (*COLUMNS, "updated_at")),
)
CHANGES = RowSet(
    "tier_changes",
    {
        "tenant_id": "text",
        "id": "text",
        "customer_id": "text",
        "change": "text",
        "before": "text",
        "after": "text",
        "happened_on": "date",
        "ends_on": "date",
        "reason": "text",
        "actor": "text",
        "recorded_at": "timestamptz",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRecord:
    """A row of progress, read. One that is not there is counted by nobody."""

    counted_by: str = ""
    counted_at: int = 0
    merged_at: int = 0
    progress: Progress = NO_PROGRESS
    told: Told = NOT_TOLD
    floor: Floor | None = None
    warned_for: date | None = None
    kept: Mapping[str, Floor] = field(default_factory=dict)

    def admission(self, segments: Collection[str]) -> Admission:
        """Which tiers are open to a customer who is in these segments."""
        return Admission(segments=segments, kept=self.kept)

    def row(self, owner: Owner, at: datetime) -> tuple[Any, ...]:
        """The row as it is written."""
        amounts = {slot.isoformat(): amount for slot, amount in sorted(self.progress.amounts.items())}
        floor = (self.floor.tier, self.floor.until) if self.floor else (None, None)
        counted = (self.counted_by, self.counted_at, self.merged_at, orjson.dumps(amounts).decode())
        told = (self.told.tier, self.told.since, self.told.ends_on)
        kept = {segment: (floor.tier, floor.until.isoformat()) for segment, floor in sorted(self.kept.items())}
        return (*owner, *counted, self.progress.best, *told, *floor, self.warned_for, orjson.dumps(kept).decode(), at)


UNCOUNTED = TierRecord()


class TierRecordsRequest:
    """The question for the records of some customers, asked in a pipeline; nothing is sent when there are none."""

    def __init__(self, asking: Pipeline, owners: Iterable[Owner]) -> None:
        self._asked = sorted(set(owners))
        self._found: Answer | None = asking.send_rows(READ, self._asked)

    def answer(self) -> dict[Owner, TierRecord]:
        """The records of all that were asked for."""
        records = dict.fromkeys(self._asked, UNCOUNTED)
        for tenant_id, customer_id, *columns in self._found.fetchall() if self._found else ():
            records[tenant_id, customer_id] = _record(*columns)
        return records


def _record(
    counted_by: str,
    counted_at: int,
    merged_at: int,
    amounts: str,
    best: int,
    tier: str | None,
    since: date | None,
    ends_on: date | None,
    floor_tier: str | None,
    floor_until: date | None,
    warned_for: date | None,
    kept: str,
) -> TierRecord:
    slots = {date.fromisoformat(slot): amount for slot, amount in orjson.loads(amounts).items()}
    return TierRecord(
        counted_by=counted_by,
        counted_at=counted_at,
        merged_at=merged_at,
        progress=Progress(amounts=slots, best=best),
        told=Told(tier=tier, since=since, ends_on=ends_on),
        floor=Floor(tier=floor_tier, until=floor_until) if floor_tier and floor_until else None,
        warned_for=warned_for,
        kept={
            segment: Floor(tier=kept_tier, until=date.fromisoformat(until))
            for segment, (kept_tier, until) in orjson.loads(kept).items()
        },
    )
