"""Pain 24: bonus months vanish on a change of plan, pauses and cancellations are unclear. Here nothing is lost."""

from tests.scenarios.story import Story, line, rule

YEAR = rule("membership_bonus", "gym-year", plan="gym", paid_months=12, bonus_months=3, selector={"skus": ["gym-12m"]})
PLANS = [
    {"id": "gym", "name": {"en": "Gym", "ar": "النادي"}, "grace_days": 7, "reminder_days": 14},
    {"id": "gold", "name": {"en": "Gold", "ar": "الذهبية"}},
]
A_YEAR = line("gym-12m", price=120_000, category="membership")


def test_membership_extras_are_never_lost_through_upgrade_freeze_renewal_and_cancellation(story: Story) -> None:
    story.on("2026-03-15 10:00").program(YEAR, plans=PLANS)
    huda = story.customer("Huda")
    story.buys(huda, A_YEAR)
    (gym,) = story.of(huda, "memberships")["data"]

    story.on("2026-05-01 10:00").ask("POST", f"/v1/memberships/{gym['id']}/freeze", {"reason": "travelling"})
    (frozen,) = story.of(huda, "memberships")["data"]
    assert (frozen["status"], frozen["active"], frozen["ends_on"]) == ("frozen", False, None)

    story.on("2026-05-31 10:00").ask("POST", f"/v1/memberships/{gym['id']}/resume", {})
    (resumed,) = story.of(huda, "memberships")["data"]
    assert (resumed["active"], resumed["paid_until"], resumed["ends_on"]) == (True, "2027-04-13", "2027-07-14")

    gold = story.on("2026-06-15 10:00").ask("POST", f"/v1/memberships/{gym['id']}/plan", {"plan": "gold"})
    assert (gold["starts_on"], gold["paid_until"], gold["ends_on"]) == ("2026-06-15", "2027-04-13", "2027-07-14")
    assert [(time["kind"], time["days"]) for time in gold["time"]] == [("paid", 303), ("bonus", 92)]

    cancelled = story.on("2026-07-01 10:00").ask("POST", f"/v1/memberships/{gold['id']}/cancel", {})
    # 286 of the 303 days that were left, of the 996.16 that were still theirs: the gift is not turned into money.
    assert [(part["kind"], part["days"]) for part in cancelled["unused"]] == [("bonus", 92), ("paid", 286)]
    assert cancelled["refund"] == 94_026


def test_the_reminder_and_the_late_renewal(story: Story) -> None:
    story.on("2026-03-15 10:00").program(YEAR, plans=PLANS)
    huda = story.customer("Huda")
    story.buys(huda, A_YEAR)

    story.on("2027-06-05 10:00").nightly_jobs_run()
    story.on("2027-06-18 10:00")
    (late,) = story.of(huda, "memberships")["data"]
    assert (late["ends_on"], late["status"]) == ("2027-06-14", "grace")
    story.buys(huda, A_YEAR)

    (renewed,) = story.of(huda, "memberships")["data"]
    assert (renewed["starts_on"], renewed["ends_on"]) == ("2026-03-15", "2028-09-14")
