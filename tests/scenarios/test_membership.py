"""Pay for twelve months, get three more: the time is told apart, seen and announced."""

from tests.scenarios.story import Story, line, rule, text_of, the

GOLD = rule("membership_bonus", "gold", plan="gold", paid_months=12, bonus_months=3, selector={"skus": ["gold-12m"]})
YEAR = line("gold-12m", price=99_000, category="membership")


def test_twelve_paid_months_bring_three_more(story: Story) -> None:
    story.on("2026-03-15 10:00").program(GOLD)
    huda = story.customer("Huda")

    extended = the("extend_membership", story.buys(huda, YEAR)["effects"])

    assert (extended["plan"], extended["paid_months"], extended["bonus_months"]) == ("gold", 12, 3)
    (membership,) = story.of(huda, "memberships")["data"]
    assert (membership["plan"], membership["active"]) == ("gold", True)
    assert (membership["starts_on"], membership["paid_until"]) == ("2026-03-15", "2027-03-14")
    assert membership["ends_on"] == "2027-06-14"
    assert (membership["paid_months"], membership["bonus_months"]) == (12, 3)
    assert [(time["kind"], time["months"]) for time in membership["time"]] == [("paid", 12), ("bonus", 3)]


def test_a_second_year_is_added_to_the_first(story: Story) -> None:
    story.on("2026-03-15 10:00").program(GOLD)
    huda = story.customer("Huda")
    story.buys(huda, YEAR)

    story.on("2026-12-01 10:00").buys(huda, YEAR)

    (membership,) = story.of(huda, "memberships")["data"]
    assert membership["ends_on"] == "2028-09-14"


def test_the_customer_is_told_what_was_paid_and_what_was_given(story: Story) -> None:
    story.on("2026-03-15 10:00").program(GOLD)
    huda = story.customer("هدى", language="ar")

    story.buys(huda, YEAR)
    story.events_arrive()

    told = text_of(story.mail(huda)[-1])
    assert "المدة المدفوعة: 12 شهرًا." in told
    assert "هدية منا: 3 أشهر." in told
    assert "14 يونيو 2027" in told


def test_bringing_it_back_takes_paid_and_given_time_back(story: Story) -> None:
    story.on("2026-03-15 10:00").program(GOLD)
    huda = story.customer("Huda")
    bought = story.buys(huda, YEAR)

    returned = story.brings_back(bought)

    assert returned["refund"] == 99_000
    assert returned["changes"]["memberships"] == [{"plan": "gold", "paid_months": -12, "bonus_months": -3}]
