"""The program that the bench's shop runs: ten rules of many families, as a café that sells beans would have.

With the basket that the tills send, on the day that they say, five of the rules give something: points, the third
croissant free, a bundle's price, a discount on all, a stamp. The others are considered, and say what is missing.
"""

from typing import Any, Final


def rule(kind: str, rule_id: str, en: str, ar: str, **terms: Any) -> dict[str, Any]:
    """A rule with its name in both languages."""
    return {"kind": kind, "id": rule_id, "name": {"en": en, "ar": ar}, **terms}


PROGRAM: Final[dict[str, Any]] = {
    "currency": "SAR",
    "time_zone": "Asia/Riyadh",
    "rules": [
        rule("earn", "base", "A point per riyal", "نقطة لكل ريال", per=100),
        rule(
            "earn",
            "tea",
            "A point more per riyal of tea",
            "نقطة إضافية لكل ريال من الشاي",
            per=100,
            selector={"categories": ["tea"]},
        ),
        rule(
            "multiplier",
            "friday",
            "Double points on Friday",
            "نقاط مضاعفة يوم الجمعة",
            of=["base"],
            conditions=[{"kind": "on_weekdays", "days": ["fri"]}],
        ),
        rule(
            "buy_x_get_y",
            "croissants",
            "Three croissants for two",
            "ثلاث قطع كرواسون بسعر اثنتين",
            buy=2,
            get=1,
            selector={"skus": ["CROISSANT"]},
        ),
        rule(
            "bundle",
            "latte",
            "Beans and milk, 5% less",
            "بن وحليب بخصم 5%",
            parts=[{"selector": {"categories": ["coffee"]}}, {"selector": {"categories": ["dairy"]}}],
            percent_off=5,
        ),
        rule(
            "discount",
            "large",
            "2% off from 100 riyals",
            "خصم 2% ابتداءً من 100 ريال",
            percent_off=2,
            conditions=[{"kind": "spend_at_least", "amount": 10000}],
        ),
        rule(
            "discount",
            "welcome",
            "10% with the code",
            "خصم 10% بالرمز",
            percent_off=10,
            conditions=[{"kind": "has_code", "code": "WELCOME10"}],
        ),
        rule(
            "stamp_card",
            "beans",
            "Every hundredth bag is free",
            "كل كيس مئة مجانًا",
            card="beans",
            stamps_needed=99,
            selector={"categories": ["coffee"]},
            reward={
                "kind": "free_item",
                "name": {"en": "A bag of beans", "ar": "كيس بن"},
                "selector": {"categories": ["coffee"]},
            },
        ),
        rule(
            "membership_bonus",
            "club",
            "Pay 12 months of the club, get 13",
            "ادفع 12 شهرًا من النادي واحصل على 13",
            plan="club",
            paid_months=12,
            bonus_months=1,
            selector={"skus": ["CLUB12"]},
        ),
        rule(
            "pass",
            "tastings",
            "Ten tastings",
            "عشر جلسات تذوق",
            plan="tasting",
            entries=10,
            selector={"skus": ["TASTING10"]},
        ),
    ],
}
