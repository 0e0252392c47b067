"""Money back as credit beside points, and spent again, as docs/rules/cashback.md tells it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.story import Person, Refused, Story, line, the

PAGE = Path(__file__).parents[2] / "docs/rules/cashback.md"


def program_of_the_page() -> dict[str, Any]:
    """The program that the page shows."""
    (block,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    program: dict[str, Any] = json.loads(block)
    return program


def wallet(story: Story, who: Person, unit: str) -> tuple[int, int]:
    """What a wallet holds, and what of it can be spent."""
    found = story.of(who, f"balance?unit={unit}")
    return found["balance"], found["available"]


def earned(bought: dict[str, Any]) -> dict[str, int]:
    """Units that a purchase brought, by unit."""
    return {effect["unit"]: effect["amount"] for effect in bought["effects"] if effect["kind"] == "accrue"}


def test_the_examples_of_the_page(story: Story) -> None:
    page = program_of_the_page()
    rules = page.pop("rules")
    story.on("2036-03-01 10:00").program(*rules, **{name: page[name] for name in page if name != "currency"})
    huda = story.customer("Huda")

    first = story.buys(huda, line("tea", price=9_999), line("cigars", price=10_000, category="tobacco"))
    assert earned(first) == {"points": 199, "SAR": 499}
    assert wallet(story, huda, "SAR") == (499, 0)
    with pytest.raises(Refused):
        story.ask("POST", "/v1/purchases", paid_with(story, huda, 5_000, 499))

    story.on("2036-03-08 10:00")
    assert wallet(story, huda, "SAR") == (499, 499)
    assert story.quotes(story.basket(huda, line("tea", price=5_000)))["pay_with_points"]["amount_max"] == 499
    second = story.ask("POST", "/v1/purchases", paid_with(story, huda, 5_000, 499))
    assert earned(second) == {"points": 45, "SAR": 225}
    assert the("pay", second["effects"])["units"] == 499
    assert wallet(story, huda, "SAR") == (225, 0)

    story.on("2036-03-09 10:00").brings_back(second)
    assert wallet(story, huda, "SAR") == (499, 499)
    assert wallet(story, huda, "points")[0] == 199

    assert earned(story.buys(huda, line("sofa", price=200_000))) == {"points": 2000, "SAR": 4_501}
    assert wallet(story, huda, "SAR") == (5_000, 499)


def paid_with(story: Story, who: Person, price: int, credit: int) -> dict[str, Any]:
    """A basket of which so much is paid with credit."""
    tenders = [{"kind": "points", "amount": credit}, {"kind": "cash", "amount": price - credit}]
    return {**story.basket(who, line("tea", price=price)), "tenders": tenders}
