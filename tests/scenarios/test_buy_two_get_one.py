"""Buy two, get one free, inside one basket."""

from tests.scenarios.story import Story, kinds, line, rule, the

COFFEE = {"categories": ["coffee"]}


def test_the_cheapest_of_three_is_free_as_the_quote_said(story: Story) -> None:
    story.program(rule("earn", "points", per=100), rule("buy_x_get_y", "coffee", selector=COFFEE))
    huda = story.customer("Huda")
    basket = story.basket(
        huda, line("latte", price=1_800, quantity=2, category="coffee"), line("espresso", price=900, category="coffee")
    )

    quote = story.quotes(basket)
    purchase = story.ask("POST", "/v1/purchases", {**basket, "quote_id": quote["id"]})

    free = the("discount", purchase["effects"])
    assert (free["amount"], free["pieces"]) == (900, [{"line": 1, "quantity": 1, "amount": 900}])
    assert purchase["totals"] == {"subtotal": 4_500, "discount": 900, "due": 3_600}
    assert the("accrue", purchase["effects"])["amount"] == 36
    assert purchase["effects"] == quote["effects"]


def test_with_two_in_the_basket_the_quote_offers_the_third(story: Story) -> None:
    story.program(rule("buy_x_get_y", "coffee", selector=COFFEE))

    quote = story.quotes(
        story.basket(story.customer("Huda"), line("latte", price=1_800, quantity=2, category="coffee"))
    )

    (miss,) = quote["misses"]
    assert quote["effects"] == []
    assert (miss["rule"], miss["short_by"], miss["unit"]) == ("coffee", 1, "units")


def test_counted_on_top_two_are_paid_and_a_third_is_handed_over(story: Story) -> None:
    story.program(rule("buy_x_get_y", "coffee", counting="on_top", selector=COFFEE))

    purchase = story.buys(story.customer("Huda"), line("latte", price=1_800, quantity=2, category="coffee"))

    assert purchase["totals"]["due"] == 3_600
    assert kinds(purchase["effects"]) == ["give"]
    assert (purchase["effects"][0]["sku"], purchase["effects"][0]["quantity"]) == ("latte", 1)


def test_bringing_one_back_undoes_the_gift_and_posts_the_difference(story: Story) -> None:
    story.program(rule("earn", "points", per=100), rule("buy_x_get_y", "coffee", selector=COFFEE))
    huda = story.customer("Huda")
    purchase = story.buys(huda, line("latte", price=1_800, quantity=3, category="coffee"))

    returned = story.brings_back(purchase, line_0=1)

    # Two remain and are both paid for: the third was the free one.
    assert returned["refund"] == 0
    assert returned["purchase"]["totals"]["due"] == 3_600
    assert returned["purchase"]["status"] == "partly_returned"
    assert kinds(returned["purchase"]["effects"]) == ["accrue"]
