import pytest

from services.loyalty.domain.lot import Lot
from services.loyalty.domain.wallet import NextExpiry, WalletView, wallet_view
from tests.services.loyalty.domain.lots import TODAY, day, lot


def view(
    balance: int,
    available: int,
    *,
    pending: int = 0,
    held: int = 0,
    expired: int = 0,
    next_expiry: tuple[str, int] | None = None,
    next_change: str | None = None,
) -> WalletView:
    return WalletView(
        balance=balance,
        pending=pending,
        held=held,
        available=available,
        expired_unswept=expired,
        next_expiry=NextExpiry(day(next_expiry[0]), next_expiry[1]) if next_expiry else None,
        next_change_at=day(next_change) if next_change else None,
    )


@pytest.mark.parametrize(
    ("lots", "held", "expected"),
    [
        pytest.param([], 0, view(0, 0), id="empty"),
        pytest.param([lot("a", 100)], 0, view(100, 100), id="never expires"),
        pytest.param([lot("a", 100)], 30, view(100, 70, held=30), id="held"),
        pytest.param(
            [lot("a", 100, "2027-01-01"), lot("b", 50, "2026-12-01"), lot("c", 20, "2026-12-01")],
            0,
            view(170, 170, next_expiry=("2026-12-01", 70), next_change="2026-12-01"),
            id="what dies next, all of it",
        ),
        pytest.param(
            [lot("a", 100, "2026-06-01"), lot("b", 50)], 0, view(50, 50, expired=100), id="dead and not yet swept"
        ),
        pytest.param(
            [lot("a", 100, "2027-01-01", spendable="2026-06-15"), lot("b", 50)],
            0,
            view(150, 50, pending=100, next_expiry=("2027-01-01", 100), next_change="2026-06-15"),
            id="pending",
        ),
        pytest.param([lot("a", 100), lot("debt", -30)], 0, view(70, 70), id="a debt"),
        pytest.param(
            [lot("a", 20, spendable="2026-06-15"), lot("debt", -30)],
            0,
            view(-10, 0, pending=20, next_change="2026-06-15"),
            id="owes more than it holds",
        ),
        pytest.param([lot("spent", 0, "2026-12-01")], 0, view(0, 0), id="an empty lot changes nothing"),
    ],
)
def test_wallet_view(lots: list[Lot], held: int, expected: WalletView) -> None:
    assert wallet_view(lots, held=held, at=TODAY) == expected


def test_nothing_changes_before_the_next_change() -> None:
    lots = [lot("a", 100, "2026-12-01"), lot("b", 50, spendable="2026-08-01"), lot("c", 5)]
    at, seen = TODAY, []
    while True:
        now = wallet_view(lots, held=0, at=at)
        seen.append((now.balance, now.available))
        if now.next_change_at is None:
            break
        at = now.next_change_at
    assert seen == [(155, 105), (155, 155), (55, 55)]
