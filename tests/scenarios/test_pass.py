"""Ten entries within thirty days, as docs/rules/passes.md tells it."""

import pytest

from tests.scenarios.story import Refused, Story, line, rule

SWIM = rule("pass", "swim-ten", plan="swim", selector={"skus": ["swim-10"]}, entries=10, valid_days=30)
TEN = line("swim-10", price=30_000, quantity=2, category="sport")


def test_ten_entries(story: Story) -> None:
    story.on("2036-03-02 10:00").program(SWIM)
    huda = story.customer("Huda")
    bought = story.buys(huda, TEN)

    def left() -> list[int]:
        return sorted(each["entries_left"] for each in story.of(huda, "passes")["data"] if each["status"] == "issued")

    def come_in(people: int) -> str:
        return str(story.ask("POST", f"/v1/customers/{huda.id}/entries", {"plan": "swim", "entries": people})["id"])

    assert left() == [10, 10]
    assert {each["valid_until"] for each in story.of(huda, "passes")["data"]} == {"2036-03-31T21:00:00Z"}

    class_entry = story.on("2036-03-03 18:00") and come_in(4)
    assert left() == [6, 10]

    story.on("2036-03-04 09:00").ask("POST", f"/v1/entries/{class_entry}/give_back", {"reason": "no teacher"})
    assert left() == [10, 10]

    story.on("2036-03-05 10:00")
    come_in(8)
    come_in(8)
    assert left() == [2, 2]
    with pytest.raises(Refused) as refused:
        come_in(3)
    assert refused.value.problem["code"] == "no_entries_left"

    story.on("2036-03-06 10:00").brings_back(bought, line_0=1)
    assert left() == [2]
