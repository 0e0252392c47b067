"""Where a customer stands, by the rhythm of their own visits."""

from tests.scenarios.story import Story, line


def test_a_weekly_customer_slips_and_lapses_by_their_own_rhythm(story: Story) -> None:
    story.on("2026-01-01 08:00")
    huda = story.customer("Huda")
    story.events_arrive()
    assert story.of(huda, "stage")["stage"] == "prospect"

    stages = {}
    for day in ("2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"):
        story.on(f"{day} 08:00").buys(huda, line("tea", price=500))
        story.events_arrive()
        stages[day] = story.of(huda, "stage")["stage"]
    for day in ("2026-02-15", "2026-02-17", "2026-03-10"):
        story.on(f"{day} 08:00")
        stages[day] = story.of(huda, "stage")["stage"]
    story.buys(huda, line("tea", price=500))
    story.events_arrive()

    assert stages == {
        "2026-01-05": "new",
        "2026-01-12": "new",
        "2026-01-19": "active",
        "2026-01-26": "active",
        "2026-02-15": "active",
        "2026-02-17": "slipping",
        "2026-03-10": "lapsed",
    }
    assert story.of(huda, "stage")["stage"] == "won_back"


def test_the_months_figures_say_who_was_kept(story: Story) -> None:
    story.on("2026-01-10 08:00")
    huda, salma, reem = (story.customer(name) for name in ("Huda", "Salma", "Reem"))
    for who in (huda, salma):
        story.buys(who, line("tea", price=500))
    story.on("2026-02-10 08:00")
    for who in (huda, reem):
        story.buys(who, line("tea", price=500))
    story.events_arrive()

    figures = story.on("2026-03-01 08:00").ask("GET", "/v1/retention/figures?from=2026-02-01&to=2026-02-28")

    assert figures["customers_at_start"]["customers"] == 2
    assert figures["customers_active"]["customers"] == 2
    assert figures["customers_first_time"]["customers"] == 1
    assert figures["retention_rate"]["percent"] == "50.00"
    assert figures["churn_rate"]["percent"] == "50.00"
