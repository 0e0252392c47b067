"""The program of the demo's shop, with rules of nearly every kind; its reward and its draw. All of it is invented."""

from typing import Any, Final

from cli.demo.year import SHOP_ZONE

CURRENCY: Final = "USD"
MEMBERSHIP_SKU: Final = "GOLD-12M"
COFFEES_SKU: Final = "COFFEE-10"
COUPON_CODE: Final = "JOURNEY10"
FREEING_RULE: Final = "yogurt"
HAPPY_RULE: Final = "happy-hours"
MILESTONE_RULE: Final = "fifth-visit"
SIGN_UP: Final = "newsletter"
DRAW_NAME: Final = "hamper"
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
            "kind": "multiplier",
            "id": HAPPY_RULE,
            "name": {"en": "Double points from five to seven", "ar": "نقاط مضاعفة من الخامسة إلى السابعة"},
            "of": ["points"],
            "percent_more": 100,
            # The three that most come to. The shop of the first steps is none: what they earn is the same at any hour.
            "conditions": [
                {"kind": "at_stores", "stores": ["361", "367", "381"]},
                {
                    "kind": "on_weekdays",
                    "days": ["mon", "tue", "wed", "thu", "fri"],
                    "from_time": "17:00",
                    "until_time": "19:00",
                },
            ],
        },
        {
            "kind": "milestone",
            "id": MILESTONE_RULE,
            "name": {"en": "20 points for every fifth visit", "ar": "20 نقطة لكل زيارة خامسة"},
            "every": 5,
            "points": 20,
        },
        {
            "kind": "challenge",
            "id": "three-a-week",
            "name": {"en": "Three visits in a week", "ar": "ثلاث زيارات في أسبوع"},
            "per": "week",
            "goal": {"kind": "visits", "at_least": 3},
            "award": {"points": 10},
            "conditions": [{"kind": "in_channel", "channels": ["store"]}],
        },
        {
            "kind": "activity",
            "id": SIGN_UP,
            "name": {"en": "10 points for the newsletter", "ar": "10 نقاط للنشرة البريدية"},
            "activity": SIGN_UP,
            "award": {"points": 10},
            "limits": [{"at_most": 1}],
        },
        {
            "kind": "draw_entry",
            "id": DRAW_NAME,
            "name": {"en": "An entry for every $20", "ar": "فرصة في السحب لكل 20 دولارًا"},
            "draw": DRAW_NAME,
            "for_each": "money",
            "per": 2_000,
            "selector": {"except_skus": [MEMBERSHIP_SKU]},
        },
        {
            "kind": "pass",
            "id": "coffees",
            "name": {"en": "Ten coffees", "ar": "عشرة أكواب قهوة"},
            "plan": "coffee",
            "entries": 10,
            "selector": {"skus": [COFFEES_SKU]},
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

# When it opens and closes depends on the tenant: shop.py.
DRAW: Final[dict[str, Any]] = {
    "draw": DRAW_NAME,
    "name": {"en": "Groceries for a year", "ar": "بقالة لمدة عام"},
    "prizes": [
        {"name": {"en": "Groceries for a year", "ar": "بقالة لمدة عام"}},
        {
            "name": {"en": "$20 off", "ar": "خصم 20 دولارًا"},
            "count": 10,
            "award": {
                "reward": {"kind": "amount_off", "name": {"en": "$20 off", "ar": "خصم 20 دولارًا"}, "amount": 2_000}
            },
        },
    ],
    "alternates": 3,
    "claim_days": 30,
}
