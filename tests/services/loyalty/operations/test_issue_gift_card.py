"""A card with money on it."""

from contracts.events.loyalty import GiftCardMoved, PointsExpired
from services.loyalty.domain.gift_card import gift_card_id
from services.loyalty.domain.voucher_code import displayed, is_voucher_code
from services.loyalty.queries.customers import is_known
from tests.services.loyalty.shop import Shop, later


def test_the_money_is_double_entry_and_the_code_is_not_kept(shop: Shop) -> None:
    issued = shop.gift_card(5000, "KWD")
    assert is_voucher_code(issued.code)
    assert issued.card.id == gift_card_id(displayed(issued.code).lower())
    assert (issued.balance, shop.on_card(issued.card.id, "KWD")) == (5000, 5000)
    assert issued.card.ending == issued.code[-4:]
    sides = shop.rows("SELECT wallet, unit, amount, kind FROM entries ORDER BY position")
    assert [(side["wallet"], side["unit"], side["amount"]) for side in sides] == [
        ("customer", "KWD", 5000),
        ("sold", "KWD", -5000),
    ]
    everywhere = "".join(str(rows) for rows in shop.everything()) + "".join(
        event.model_dump_json() for event in shop.told()
    )
    assert issued.code not in everywhere
    (told,) = shop.told()
    assert isinstance(told, GiftCardMoved)
    assert (told.step, told.amount, told.balance, told.customer_id) == ("issue", 5000, 5000, None)
    assert shop.rows("SELECT step, amount, reason, actor FROM gift_card_steps") == [
        {"step": "issue", "amount": 5000, "reason": "for the test", "actor": "key_test"}
    ]


def test_a_card_is_nobody(shop: Shop) -> None:
    card = shop.gift_card(5000).card
    with shop.database.transaction(shop.tenant_id) as db:
        assert not is_known(db, shop.tenant_id, card.id)  # type: ignore[arg-type]


def test_its_money_dies_with_it_and_nobody_is_written_to(shop: Shop) -> None:
    card = shop.gift_card(5000, expires_at=later(days=1)).card
    shop.at = later(days=1)
    assert shop.on_card(card.id) == 0
    assert shop.expire() == 1
    assert not any(isinstance(event, PointsExpired) for event in shop.told())
    assert shop.rows("SELECT sum(amount) FROM entries WHERE wallet = 'expired'") == [{"sum": 5000}]
