"""The program that the demo's shop runs: one rule of every kind there is, and a reward. All of it is invented."""

from typing import Any, Final

from cli.demo.year import SHOP_ZONE

CURRENCY: Final = "USD"
MEMBERSHIP_SKU: Final = "GOLD-12M"
COUPON_CODE: Final = "JOURNEY10"
FREEING_RULE: Final = "yogurt"
REWARD_PRICE: Final = 150

PROGRAM: Final[dict[str, Any]] = {
    "currency": CURRENCY,
    "time_zone": SHOP_ZONE.key,
    "unit": "points",
    # Longer than the year that is played, so that what was earned first is still there at the end.
    "expiry": {"kind": "rolling", "months": 24, "round_to": "month"},
    "rules": [
        {
            "kind": "earn",
            "id": "points",
            "name": {"en": "A point for every dollar", "ar": "نقطة لكل دولار"},
            "points": 1,
            "per": 100,
            "selector": {"except_skus": [MEMBERSHIP_SKU]},
        },
        {
            "kind": "buy_x_get_y",
            "id": FREEING_RULE,
            "name": {"en": "Three yogurts, pay for two", "ar": "ثلاث علب زبادي بسعر اثنتين"},
            "buy": 2,
            "get": 1,
            "counting": "among",
            "selector": {"categories": ["YOGURT"]},
        },
        {
            "kind": "buy_x_get_y",
            "id": "candy",
            "name": {"en": "Two sweets, one more on top", "ar": "قطعتا حلوى ومعهما ثالثة هدية"},
            "buy": 2,
            "get": 1,
            "counting": "on_top",
            "selector": {"categories": ["CANDY - CHECKLANE"]},
        },
        {
            "kind": "bundle",
            "id": "pasta",
            "name": {"en": "Pasta and its sauce, 10% less", "ar": "معكرونة مع صلصتها بخصم 10%"},
            "parts": [
                {"selector": {"categories": ["DRY NOODLES/PASTA"]}},
                {"selector": {"categories": ["PASTA SAUCE"]}},
            ],
            "percent_off": 10,
        },
        {
            "kind": "stamp_card",
            "id": "milk",
            "name": {"en": "Every sixth milk is free", "ar": "كل سادس عبوة حليب مجانًا"},
            "card": "milk",
            "stamps_needed": 5,
            "selector": {"categories": ["FLUID MILK PRODUCTS"]},
            "reward": {
                "kind": "free_item",
                "name": {"en": "A free milk", "ar": "عبوة حليب مجانية"},
                "selector": {"categories": ["FLUID MILK PRODUCTS"]},
            },
        },
        {
            "kind": "membership_bonus",
            "id": "gold",
            "name": {"en": "Gold: pay for 12 months, get 15", "ar": "العضوية الذهبية: ادفع 12 شهرًا واحصل على 15"},
            "plan": "gold",
            "paid_months": 12,
            "bonus_months": 3,
            "selector": {"skus": [MEMBERSHIP_SKU]},
        },
        {
            "kind": "discount",
            "id": "coupon",
            "name": {"en": "10% with the coupon", "ar": "خصم 10% بالقسيمة"},
            "conditions": [{"kind": "has_code", "code": COUPON_CODE}],
            "percent_off": 10,
            "selector": {"except_skus": [MEMBERSHIP_SKU]},
        },
    ],
}

REWARD: Final[dict[str, Any]] = {
    "kind": "amount_off",
    "name": {"en": "$5 off your next basket", "ar": "خصم 5 دولارات على سلتك القادمة"},
    "amount": 500,
}
