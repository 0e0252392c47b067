"""A percentage coupon, for whoever knows the code."""

from tests.scenarios.story import Story, line, rule, the

COUPON = rule("discount", "ten", percent_off=10, conditions=[{"kind": "has_code", "code": "WELCOME10"}])


def test_the_coupon_takes_its_percentage_and_points_are_earned_on_the_rest(story: Story) -> None:
    story.program(rule("earn", "points", per=100), COUPON)

    purchase = story.buys(
        story.customer("Huda"), line("cake", price=3_333), line("tea", price=667), codes=("welcome10",)
    )

    discount = the("discount", purchase["effects"])
    assert (discount["amount"], discount["code"]) == (400, "WELCOME10")
    assert sum(piece["amount"] for piece in discount["pieces"]) == 400
    assert purchase["totals"]["due"] == 3_600
    assert the("accrue", purchase["effects"])["amount"] == 36


def test_a_wrong_code_changes_nothing_and_says_so(story: Story) -> None:
    story.program(COUPON)

    purchase = story.buys(story.customer("Huda"), line("cake", price=3_333), codes=("WELCOME11",))

    assert purchase["totals"]["due"] == 3_333
    assert "WELCOME11" in [miss["code"] for miss in purchase["misses"]]


def test_a_return_gives_back_what_was_paid_not_what_was_listed(story: Story) -> None:
    story.program(COUPON)
    purchase = story.buys(
        story.customer("Huda"), line("cake", price=3_000), line("tea", price=1_000), codes=("WELCOME10",)
    )

    refund = story.brings_back(purchase, line_1=1)["refund"]

    assert refund == 900
