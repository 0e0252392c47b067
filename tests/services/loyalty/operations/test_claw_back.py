"""Units taken back: from the lots that were made, then from the newest; the rest is owed, or let go."""

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.clawback import Policy
from services.loyalty.domain.lot import LotId
from services.loyalty.operations.claw_back import claw_back
from services.loyalty.queries.customers import locked
from services.loyalty.tables.books import Books
from tests.services.loyalty.shop import Shop


def taken(shop: Shop, customer_id: CustomerId, amount: int, policy: Policy, *, lapsed: int = 0) -> int:
    """Take so many units of the first lot back; answers how many are let go."""
    (first, *_others) = shop.rows("SELECT id FROM lots ORDER BY id")
    with shop.database.transaction(shop.tenant_id) as db:
        books, standing = Books(shop.at), locked(db, shop.tenant_id, customer_id)
        wallet = books.open_wallet(db, standing, "points")
        made = {LotId(first["id"])}
        waived = claw_back(books, standing, wallet, amount, made=made, reference="act_1", lapsed=lapsed, policy=policy)
        books.close(db)
        return waived


@pytest.mark.parametrize(
    ("policy", "amount", "lapsed", "waived", "balance"),
    [("debt", 25, 0, 0, 5), ("debt", 35, 0, 0, -5), ("debt", 35, 5, 0, 0), ("clamp", 35, 0, 5, 0)],
)
def test_what_is_taken_owed_and_let_go(
    shop: Shop, policy: Policy, amount: int, lapsed: int, waived: int, balance: int
) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    shop.adjust(ana, 20)
    assert taken(shop, ana, amount, policy, lapsed=lapsed) == waived
    assert shop.balance(ana).balance == balance
    kinds = {row["kind"] for row in shop.rows("SELECT kind FROM entries WHERE reference = 'act_1'")}
    assert kinds == {"reversal"}
