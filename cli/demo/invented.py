"""What the data does not say and the demo invents, always in the same way for the same household."""

from datetime import datetime, timedelta
from typing import Any, Final

from cli.demo.baskets import Line, Purchase
from cli.demo.program import CURRENCY, MEMBERSHIP_SKU

MEMBERSHIP_PRICE: Final = 9_900
AFTER_THE_FIRST_BASKET: Final = timedelta(minutes=1)


def profile(household: int) -> dict[str, Any]:
    """The customer a household is. Every other one reads Arabic."""
    speaks_arabic = household % 2 == 1
    known = {
        "external_id": f"household-{household}",
        "name": f"أسرة {household}" if speaks_arabic else f"Household {household}",
        "language": "ar" if speaks_arabic else "en",
    }
    return {**known, "email": f"household-{household}@example.com"} if reads_mail(household) else known


def reads_mail(household: int) -> bool:
    """One household in nine gave an address (nobody's); the others find their messages in the app."""
    return household % 9 == 0


def buys_membership(household: int) -> bool:
    """One household in ten does, right after its first basket."""
    return household % 10 == 0


def uses_vouchers(household: int) -> bool:
    """One household in four forgets them in a drawer."""
    return household % 4 != 3


def membership_purchase(household: int, first_basket_at: datetime) -> Purchase:
    """The gold membership, bought in the shop's app."""
    return Purchase(
        store_id="app",
        channel="app",
        external_id=f"membership-{household}",
        occurred_at=(first_basket_at + AFTER_THE_FIRST_BASKET).isoformat(),
        currency=CURRENCY,
        lines=[
            Line(
                sku=MEMBERSHIP_SKU,
                name="Gold membership, 12 months",
                categories=("MEMBERSHIP",),
                quantity=1,
                unit_price=MEMBERSHIP_PRICE,
                discount=0,
            )
        ],
        tenders=[],
        codes=[],
    )


def redemption_key(household: int, number: int) -> str:
    """The Idempotency-Key of a household's so-manyth redemption."""
    return f"demo-redeem-{household}-{number}"
