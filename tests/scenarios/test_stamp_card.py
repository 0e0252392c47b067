"""A stamp card across visits: it fills up, becomes a voucher, and the voucher is used."""

from tests.scenarios.story import Story, kinds, line, rule, text_of, the

FREE_COFFEE = {
    "kind": "free_item",
    "name": {"en": "A free coffee", "ar": "قهوة مجانية"},
    "selector": {"categories": ["coffee"]},
}
CARD = rule(
    "stamp_card",
    "coffee",
    card="coffee",
    stamps_needed=5,
    selector={"categories": ["coffee"]},
    reward=FREE_COFFEE,
)


def coffees(quantity: int) -> dict[str, object]:
    """So many coffees."""
    return line("latte", price=1_500, quantity=quantity, category="coffee")


def test_five_coffees_over_three_visits_make_the_sixth_free(story: Story) -> None:
    story.program(CARD)
    huda = story.customer("Huda")

    first, second, third = (story.buys(huda, coffees(quantity)) for quantity in (2, 2, 2))

    assert [the("stamp", visit["effects"])["on_card"] for visit in (first, second, third)] == [2, 4, 1]
    assert kinds(second["effects"]) == ["stamp"]
    voucher = the("issue_voucher", third["effects"])

    fourth = story.buys(huda, coffees(2), codes=(voucher["code"],))

    assert the("use_voucher", fourth["effects"])["amount"] == 1_500
    assert fourth["totals"]["due"] == 1_500
    # The free coffee brings no stamp.
    assert (the("stamp", fourth["effects"])["stamps"], the("stamp", fourth["effects"])["on_card"]) == (1, 2)


def test_a_voucher_is_good_once_and_for_its_owner_only(story: Story) -> None:
    story.program(CARD)
    huda, salma = story.customer("Huda"), story.customer("Salma")
    code = the("issue_voucher", story.buys(huda, coffees(5))["effects"])["code"]

    stolen = story.buys(salma, coffees(1), codes=(code,))
    used = story.buys(huda, coffees(1), codes=(code,))
    again = story.buys(huda, coffees(1), codes=(code,))

    assert "use_voucher" not in kinds(stolen["effects"])
    assert used["totals"]["due"] == 0
    assert again["totals"]["due"] == 1_500
    assert "voucher_used" in [miss["condition"] for miss in again["misses"]]


def test_the_card_and_the_voucher_are_told_in_the_customers_language(story: Story) -> None:
    story.program(CARD)
    huda = story.customer("هدى", language="ar")

    story.buys(huda, coffees(3))
    story.buys(huda, coffees(2))
    story.events_arrive()

    _, stamps, voucher = [text_of(mail) for mail in story.mail(huda)]
    assert "بقي ختمان لتكتمل بطاقتك" in stamps
    assert "قهوة مجانية" in voucher


def test_bringing_the_coffees_back_breaks_the_voucher_they_made(story: Story) -> None:
    story.program(CARD)
    huda = story.customer("Huda")
    story.buys(huda, coffees(4))
    filled = story.buys(huda, coffees(2))
    code = the("issue_voucher", filled["effects"])["code"]

    returned = story.brings_back(filled)

    assert [change["stamps"] for change in returned["changes"]["stamps"]] == [-2]
    refused = story.buys(huda, coffees(1), codes=(code,))
    assert refused["totals"]["due"] == 1_500
    # Four stamps from the first visit, and this coffee's: the card is full again.
    assert the("stamp", refused["effects"])["filled"] == 1
