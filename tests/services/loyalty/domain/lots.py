"""Lots by the day: a test names what is left, when it dies, and when it was earned."""

from datetime import UTC, datetime

from services.loyalty.domain.lot import Lot, LotId

TODAY = datetime(2026, 6, 1, tzinfo=UTC)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def lot(
    name: str, remaining: int, expires: str | None = None, *, earned: str = "2026-01-01", spendable: str | None = None
) -> Lot:
    return Lot(
        id=LotId(name),
        remaining=remaining,
        spendable_at=day(spendable or earned),
        expires_at=day(expires) if expires else None,
        earned_at=day(earned),
    )
