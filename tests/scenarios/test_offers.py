"""Offers at the till: another article free, bundles, discounts with a cap, and points for the right part of the sum."""

from typing import Any

from tests.scenarios.story import Story, kinds, line, rule, the


def delivery(price: int) -> dict[str, Any]:
    """A line for bringing it home."""
    return line("post", price=price, category="post") | {"kind": "shipping"}


def test_two_coffees_and_the_cake_the_customer_chose(story: Story) -> None:
    coffee, cake = {"categories": ["coffee"]}, {"categories": ["cake"]}
    story.program(rule("buy_x_get_y", "cake", selector=coffee, get_selector=cake, free_unit="chosen"))
    huda = story.customer("Huda")
    coffees = line("latte", price=1_800, quantity=2, category="coffee")

    offered = story.quotes(story.basket(huda, coffees))
    assert [(miss["condition"], miss["text"]) for miss in offered["misses"]] == [
        ("free_unit", "cake: 1 unit more at the offer's price")
    ]

    cakes = (line("date", price=900, category="cake"), line("honey", price=1_200, category="cake"))
    basket = story.basket(huda, coffees, *cakes) | {"choices": [{"rule": "cake", "sku": "honey"}]}
    quote = story.quotes(basket)
    purchase = story.ask("POST", "/v1/purchases", {**basket, "quote_id": quote["id"]})

    assert the("discount", purchase["effects"])["amount"] == 1_200
    assert purchase["totals"] == quote["totals"]

    # Without the second coffee there is no set, and the chosen cake is paid for.
    returned = story.brings_back(purchase, line_0=1)
    assert (returned["refund"], returned["purchase"]["totals"]["due"]) == (1_800 - 1_200, 3_900)


def test_a_gift_of_ones_choice_on_top(story: Story) -> None:
    gifts = [{"sku": "mug", "name": "Mug"}, {"sku": "spoon", "name": "Spoon"}]
    story.program(rule("buy_x_get_y", "gift", buy=3, counting="on_top", free_unit="chosen", items=gifts))
    basket = story.basket(story.customer("Huda"), line("beans", price=4_000, quantity=3))

    assert [miss["text"] for miss in story.quotes(basket)["misses"]] == ["gift: 1 unit to choose"]

    purchase = story.ask("POST", "/v1/purchases", basket | {"choices": [{"rule": "gift", "sku": "spoon"}]})
    assert [(gift["sku"], gift["quantity"]) for gift in purchase["effects"]] == [("spoon", 1)]


def test_breakfast_for_one_price(story: Story) -> None:
    parts = [{"selector": {"categories": ["coffee"]}}, {"selector": {"categories": ["rolls"]}, "quantity": 2}]
    story.program(rule("bundle", "breakfast", fixed_price=1_500, parts=parts), rule("earn", "points", per=100))
    huda = story.customer("Huda")

    purchase = story.buys(
        huda, line("latte", price=1_000, category="coffee"), line("roll", price=400, quantity=2, category="rolls")
    )

    bundle = the("discount", purchase["effects"])
    assert [(piece["line"], piece["quantity"], piece["amount"]) for piece in bundle["pieces"]] == [
        (0, 1, 167),
        (1, 2, 133),
    ]
    assert purchase["totals"]["due"] == 1_500
    assert the("accrue", purchase["effects"])["amount"] == 15

    # A roll comes back: the rest costs what it costs, which is 14.00.
    returned = story.brings_back(purchase, line_1=1)
    assert (returned["refund"], returned["purchase"]["totals"]["due"]) == (100, 1_400)
    assert story.of(huda, "balance")["available"] == 14


def test_a_discount_up_to_its_cap_and_free_delivery(story: Story) -> None:
    above = [{"kind": "spend_at_least", "amount": 10_000, "of": "subtotal"}]
    story.program(
        rule("discount", "fifth", percent_off=20, at_most=3_000),
        rule("discount", "delivery", percent_off=100, selector={"kinds": ["shipping"]}, conditions=above),
    )
    huda = story.customer("Huda")

    small = story.quotes(story.basket(huda, line("beans", price=9_900), delivery(2_000)))
    assert small["totals"]["due"] == 9_900 - 1_980 + 2_000
    assert [miss["text"] for miss in small["misses"]] == ["delivery: 1.00 SAR short"]

    large = story.buys(huda, line("beans", price=20_000), delivery(2_000))
    assert [effect["text"] for effect in large["effects"]] == [
        "fifth: 30.00 SAR off, the most it gives",
        "delivery: 20.00 SAR off",
    ]
    assert large["totals"]["due"] == 17_000


def test_the_part_paid_with_points_earns_none(story: Story) -> None:
    story.program(rule("earn", "points", per=100, except_tenders=["points"]))
    huda = story.customer("Huda")
    tenders = [{"kind": "points", "amount": 1_000}, {"kind": "cash", "amount": 3_000}]
    basket = story.basket(huda, line("beans", price=2_000, quantity=2)) | {"tenders": tenders}

    purchase = story.ask("POST", "/v1/purchases", basket)
    assert the("accrue", purchase["effects"])["amount"] == 30

    story.brings_back(purchase, line_0=1)
    assert story.of(huda, "balance")["available"] == 15


def test_points_for_articles_and_for_coming(story: Story) -> None:
    story.program(
        rule("earn", "blend", for_each="unit", points=5, selector={"skus": ["new-blend"]}),
        rule("earn", "visit", for_each="visit", points=10),
    )

    purchase = story.buys(story.customer("Huda"), line("new-blend", price=3_000, quantity=2), line("cup", price=500))

    assert kinds(purchase["effects"]) == ["accrue", "accrue"]
    assert [effect["amount"] for effect in purchase["effects"]] == [10, 10]
