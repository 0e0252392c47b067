"""Points: earned, exchanged for a reward, held, taken back, and gone by the clock."""

import pytest

from tests.scenarios.story import Refused, Story, line, rule, the

POINTS = rule("earn", "points", per=100)
FREE_CAKE = {"kind": "amount_off", "name": {"en": "5 riyals off", "ar": "خصم 5 ريالات"}, "amount": 500}


def test_points_become_a_reward_and_the_reward_a_discount(story: Story) -> None:
    story.program(POINTS)
    reward = story.ask("POST", "/v1/rewards", {"price": 50, "benefit": FREE_CAKE})
    huda = story.customer("هدى", language="ar")
    story.buys(huda, line("cake", price=6_000))

    redemption = story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})

    assert (redemption["price"], redemption["balance_after"]) == (50, 10)
    used = story.buys(huda, line("tea", price=800), codes=(redemption["voucher"]["code_displayed"],))
    assert used["totals"]["due"] == 300
    assert [
        (entry["kind"], entry["amount"], entry["balance_after"]) for entry in story.of(huda, "statement")["data"]
    ] == [
        ("accrual", 3, 13),
        ("burn", -50, 10),
        ("accrual", 60, 60),
    ]
    story.events_arrive()
    assert any("خصم 5 ريالات" in str(mail["subject"]) for mail in story.mail(huda))


def test_a_reward_that_costs_more_than_there_is_is_refused_in_words(story: Story) -> None:
    story.program(POINTS)
    reward = story.ask("POST", "/v1/rewards", {"price": 50, "benefit": FREE_CAKE})
    huda = story.customer("Huda")
    story.buys(huda, line("tea", price=800))

    with pytest.raises(Refused) as refused:
        story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})

    assert refused.value.problem["code"] == "insufficient_points"
    assert refused.value.problem["params"] == {"needed": 50, "available": 8}
    assert story.of(huda, "balance")["available"] == 8


def test_points_die_at_the_end_of_their_last_day_whether_a_job_ran_or_not(story: Story) -> None:
    story.on("2025-11-22 10:00").program(POINTS, expiry={"kind": "rolling", "months": 12})
    reward = story.ask("POST", "/v1/rewards", {"price": 50, "benefit": FREE_CAKE})
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=6_000))

    last_minute = story.on("2026-11-22 23:59").of(huda, "balance")
    after = story.on("2026-11-23 00:00").of(huda, "balance")

    assert (last_minute["available"], last_minute["next_expiry"]["amount"]) == (60, 60)
    assert (after["balance"], after["available"], after["next_expiry"]) == (0, 0, None)
    with pytest.raises(Refused, match="insufficient_points"):
        story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})


def test_the_nightly_job_books_what_died_and_the_customer_is_told(story: Story) -> None:
    story.on("2025-11-22 10:00").program(POINTS, expiry={"kind": "rolling", "months": 12})
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=6_000))

    story.on("2026-11-23 01:00").nightly_jobs_run()
    story.events_arrive()

    newest = story.of(huda, "statement")["data"][0]
    assert (newest["kind"], newest["amount"], newest["balance_after"]) == ("expiry", -60, 0)
    assert story.of(huda, "inbox")["data"][0]["kind"] == "expiry"


def test_the_points_that_die_first_are_spent_first(story: Story) -> None:
    story.on("2025-06-01 10:00").program(POINTS, expiry={"kind": "rolling", "months": 12})
    reward = story.ask("POST", "/v1/rewards", {"price": 50, "benefit": FREE_CAKE})
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=5_000))
    story.on("2025-12-01 10:00").buys(huda, line("cake", price=7_000))

    story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})

    expiry = story.of(huda, "balance")["next_expiry"]
    # The 70 points of December; they are good to the end of the day a year later.
    assert (expiry["amount"], expiry["at"]) == (70, "2026-12-01T21:00:00Z")


def test_a_return_takes_the_points_back_even_when_they_are_spent(story: Story) -> None:
    story.program(POINTS)
    reward = story.ask("POST", "/v1/rewards", {"price": 50, "benefit": FREE_CAKE})
    huda = story.customer("Huda")
    cake = story.buys(huda, line("cake", price=6_000))
    story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})

    returned = story.brings_back(cake)

    assert returned["refund"] == 6_000
    assert [(change["unit"], change["amount"]) for change in returned["changes"]["units"]] == [("points", -60)]
    # What is missing is owed, and later purchases pay it off.
    assert (story.of(huda, "balance")["balance"], story.of(huda, "balance")["available"]) == (-50, 0)
    story.buys(huda, line("cake", price=6_000))
    assert story.of(huda, "balance")["available"] == 10


def test_points_held_at_the_checkout_cannot_be_spent_twice(story: Story) -> None:
    story.program(POINTS)
    reward = story.ask("POST", "/v1/rewards", {"price": 50, "benefit": FREE_CAKE})
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=6_000))

    hold = story.ask("POST", "/v1/holds", {"customer_id": huda.id, "amount": 40})

    assert (story.of(huda, "balance")["held"], story.of(huda, "balance")["available"]) == (40, 20)
    with pytest.raises(Refused, match="insufficient_points"):
        story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward["id"]})
    story.ask("POST", f"/v1/holds/{hold['id']}/release")
    assert story.of(huda, "balance")["available"] == 60


def test_the_same_receipt_again_changes_nothing(story: Story) -> None:
    story.program(POINTS)
    huda = story.customer("Huda")
    basket = story.basket(huda, line("cake", price=6_000))

    first = story.ask("POST", "/v1/purchases", basket)
    again = story.ask("POST", "/v1/purchases", basket)

    assert again == first
    assert story.of(huda, "balance")["balance"] == 60
    with pytest.raises(Refused, match="purchase_conflict"):
        story.ask("POST", "/v1/purchases", {**basket, "lines": [line("cake", price=7_000)]})


def test_a_customer_made_a_moment_ago_is_known_at_the_till(story: Story) -> None:
    story.program(POINTS)
    huda = story.ask("POST", "/v1/customers", {"name": "Huda"})
    basket = {**story.basket(None, line("cake", price=6_000)), "customer_id": huda["id"]}

    quote = story.quotes(basket)
    purchase = story.ask("POST", "/v1/purchases", basket)

    assert the("accrue", quote["effects"])["amount"] == the("accrue", purchase["effects"])["amount"] == 60
