"""A code that holds money: a wallet whose owner is the card. Source: docs/adr/0035-a-gift-card-owns-a-wallet.md."""

import hashlib

from kernel.ids import base32
from services.loyalty.domain.voucher_code import normalised

PREFIX = "gif_"


def gift_card_id(code: str) -> str:
    """The card's id, from its code as someone typed it. The way back is as long as guessing the code itself."""
    digest = hashlib.sha256(f"wafa gift card {normalised(code)}".encode()).digest()
    return PREFIX + base32(int.from_bytes(digest[:16]))
