"""An opening month: happy hours, a budget that runs out, one coffee a day, and the third visit."""

from typing import Any

from tests.scenarios.story import Person, Story, kinds, line, rule, the

POINTS = rule("earn", "points", per=100)
HAPPY_HOUR = rule(
    "multiplier",
    "happy-hour",
    of=["points"],
    conditions=[{"kind": "on_weekdays", "from_time": "16:00", "until_time": "18:00"}],
)
OPENING = rule(
    "discount",
    "opening",
    percent_off=50,
    limits=[{"at_most": 3_000, "of": "money", "each": "everyone", "when_passed": "give_what_is_left"}],
)
A_COFFEE_A_DAY = rule(
    "buy_x_get_y",
    "second-free",
    buy=1,
    get=1,
    selector={"categories": ["coffee"]},
    limits=[{"at_most": 1, "of": "uses", "per": "day"}],
)
THIRD_VISIT = rule("milestone", "third", visit=3, points=50)
TWO_COFFEES = line("latte", price=1_500, quantity=2, category="coffee")


def earned(purchase: dict[str, Any]) -> dict[str, int]:
    """How many points each rule gave."""
    return {effect["rule"]: effect["amount"] for effect in purchase["effects"] if effect["kind"] == "accrue"}


def misses(purchase: dict[str, Any]) -> list[str]:
    """What the receipt says of what was not given."""
    return [miss["text"] for miss in purchase["misses"]]


def spends(story: Story, who: Person, riyals: int) -> dict[str, Any]:
    """Somebody buys a cake for so much."""
    return story.buys(who, line("cake", price=riyals * 100))


def test_points_count_double_in_the_happy_hour_by_the_shops_clock(story: Story) -> None:
    story.on("2026-04-06 15:59:59").program(POINTS, HAPPY_HOUR)
    huda = story.customer("Huda")
    assert earned(spends(story, huda, 15)) == {"points": 15}
    assert earned(spends(story.on("2026-04-06 16:00"), huda, 15)) == {"points": 15, "happy-hour": 15}
    late = spends(story.on("2026-04-06 17:59:59"), huda, 15)
    assert earned(late) == {"points": 15, "happy-hour": 15}
    assert earned(spends(story.on("2026-04-06 18:00"), huda, 15)) == {"points": 15}
    assert story.of(huda, "balance")["balance"] == 90
    story.brings_back(late)
    assert story.of(huda, "balance")["balance"] == 60


def test_a_budget_is_given_to_the_last_halala_and_what_comes_back_is_in_it_again(story: Story) -> None:
    story.on("2026-04-06 10:00").program(OPENING)
    huda, omar = story.customer("Huda"), story.customer("Omar")
    first = spends(story, huda, 40)
    assert first["totals"]["due"] == 2_000
    second = spends(story, omar, 40)
    assert second["totals"]["due"] == 3_000
    discount = the("discount", second["effects"])
    assert (discount["amount"], discount["capped_from"]) == (1_000, 2_000)
    third = spends(story, huda, 40)
    assert (third["totals"]["due"], misses(third)) == (4_000, ["opening: its budget is used up"])
    story.brings_back(first)
    assert spends(story, omar, 40)["totals"]["due"] == 2_000


def test_one_a_day_is_one_a_day_and_tomorrow_another(story: Story) -> None:
    story.on("2026-04-06 10:00").program(A_COFFEE_A_DAY)
    huda = story.customer("Huda")
    assert story.buys(huda, TWO_COFFEES)["totals"]["due"] == 1_500
    again = story.on("2026-04-06 23:59:59").buys(huda, TWO_COFFEES)
    assert again["totals"]["due"] == 3_000
    assert misses(again) == ["second-free: used up, again from Tuesday 7 April"]
    assert story.buys(story.customer("Omar"), TWO_COFFEES)["totals"]["due"] == 1_500
    assert story.on("2026-04-07 00:00").buys(huda, TWO_COFFEES)["totals"]["due"] == 1_500


def test_the_third_visit_is_told_on_the_way_and_rewarded_once(story: Story) -> None:
    story.on("2026-04-06 10:00").program(POINTS, THIRD_VISIT)
    huda = story.customer("Huda")
    assert misses(spends(story, huda, 10)) == ["third: 2 visits to go"]
    second = spends(story, huda, 10)
    assert misses(second) == ["third: 1 visit to go"]
    assert earned(spends(story, huda, 10)) == {"points": 10, "third": 50}
    story.brings_back(second)
    assert kinds(spends(story, huda, 10)["effects"]) == ["accrue"]
    assert story.of(huda, "balance")["balance"] == 30 + 50
