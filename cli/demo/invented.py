"""What the data does not say and the demo invents, always in the same way for the same household."""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from cli.demo.baskets import Line, Purchase
from cli.demo.program import COFFEES_SKU, CURRENCY, MEMBERSHIP_SKU, SIGN_UP

AFTER_THE_FIRST_BASKET: Final = timedelta(minutes=1)


class Article(NamedTuple):
    """What the shop's app sells. Its receipts begin with `receipt`; the price is in cents."""

    receipt: str
    sku: str
    name: str
    category: str
    price: int


MEMBERSHIP: Final = Article("membership", MEMBERSHIP_SKU, "Gold membership, 12 months", "MEMBERSHIP", 9_900)
COFFEES: Final = Article("coffees", COFFEES_SKU, "Ten coffees", "COFFEE BAR", 2_500)


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


def bought_in_app(household: int) -> Article | None:
    """One household in ten buys a membership right after its first basket, another one ten coffees."""
    return {0: MEMBERSHIP, 5: COFFEES}.get(household % 10)


def uses_vouchers(household: int) -> bool:
    """One household in four forgets them in a drawer."""
    return household % 4 != 3


def app_purchase(household: int, article: Article, first_basket_at: datetime) -> Purchase:
    """The purchase of an article in the shop's app."""
    return Purchase(
        store_id="app",
        channel="app",
        external_id=f"{article.receipt}-{household}",
        occurred_at=(first_basket_at + AFTER_THE_FIRST_BASKET).isoformat(),
        currency=CURRENCY,
        lines=[
            Line(
                sku=article.sku,
                name=article.name,
                categories=(article.category,),
                quantity=1,
                unit_price=article.price,
                discount=0,
            )
        ],
        tenders=[],
        codes=[],
    )


def sign_up(household: int, purchase: Purchase) -> dict[str, Any]:
    """The activity of who gave an address with a purchase, and is sent the newsletter from then on."""
    return {
        "customer_id": purchase["customer_id"],
        "kind": SIGN_UP,
        "external_id": f"household-{household}",
        "occurred_at": purchase["occurred_at"],
    }


def redemption_key(household: int, number: int) -> str:
    """The Idempotency-Key of a household's so-manyth redemption."""
    return f"demo-redeem-{household}-{number}"
