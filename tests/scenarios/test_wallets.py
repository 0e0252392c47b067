"""A family and its points: where each came from, given away, gathered, and two cards made one."""

import pytest

from tests.scenarios.story import Refused, Story, line, rule

POINTS = rule("earn", "points", per=100)
A_YEAR = {"kind": "rolling", "months": 12}


def test_where_every_point_came_from_and_when_it_dies(story: Story) -> None:
    story.on("2026-01-10 10:00").program(POINTS, expiry=A_YEAR)
    reward = {"price": 40, "benefit": {"kind": "amount_off", "name": {"en": "Off", "ar": "خصم"}, "amount": 500}}
    reward_id = story.ask("POST", "/v1/rewards", reward)["id"]
    huda = story.customer("Huda")
    first = story.buys(huda, line("cake", price=6_000))
    story.on("2026-02-10 10:00").buys(huda, line("tea", price=2_000))
    story.ask("POST", "/v1/adjustments", {"customer_id": huda.id, "amount": 5, "reason": "the tea was cold"})
    story.ask("POST", "/v1/redemptions", {"customer_id": huda.id, "reward_id": reward_id})
    hold = story.ask("POST", "/v1/holds", {"customer_id": huda.id, "amount": 10})

    told = story.of(huda, "balance/explain")

    assert (told["balance"]["balance"], told["balance"]["held"], told["balance"]["available"]) == (45, 10, 35)
    assert [one["id"] for one in told["holds"]] == [hold["id"]]
    lots = {lot["made_by"]["kind"] + str(lot["amount"]): lot for lot in told["data"]}
    assert {name: lot["left"] for name, lot in lots.items()} == {"purchase60": 20, "purchase20": 20, "adjustment5": 5}
    oldest = lots["purchase60"]
    assert (oldest["made_by"]["purchase_id"], oldest["made_by"]["rule_name"]) == (first["id"], "points")
    assert (oldest["used"], oldest["expires_at"]) == ({"burn": 40}, "2027-01-10T21:00:00Z")
    assert lots["adjustment5"]["made_by"]["reason"] == "the tea was cold"


def test_points_given_away_keep_their_day_and_both_see_it(story: Story) -> None:
    story.on("2026-01-10 10:00").program(POINTS, expiry=A_YEAR)
    huda, omar = story.customer("Huda"), story.customer("Omar")
    story.buys(huda, line("cake", price=6_000))
    story.on("2026-03-10 10:00")
    gift = {"from_customer_id": huda.id, "to_customer_id": omar.id, "amount": 25, "reason": "for his birthday"}
    story.ask("POST", "/v1/transfers", gift)
    assert story.of(huda, "statement")["data"][0]["amount"] == -25
    assert story.of(omar, "statement")["data"][0]["amount"] == 25
    assert story.of(omar, "balance")["next_expiry"] == {"at": "2027-01-10T21:00:00Z", "amount": 25}
    with pytest.raises(Refused, match="insufficient_points"):
        story.ask("POST", "/v1/transfers", {**gift, "amount": 36})
    with pytest.raises(Refused, match="same_customer"):
        story.ask("POST", "/v1/transfers", {**gift, "to_customer_id": huda.id})
    story.on("2027-01-11 00:00").nightly_jobs_run()
    assert [story.of(one, "balance")["balance"] for one in (huda, omar)] == [0, 0]


def test_a_household_gathers_for_one_reward(story: Story) -> None:
    story.program(POINTS)
    huda, omar, sara = (story.customer(name) for name in ("Huda", "Omar", "Sara"))
    for one, riyals in ((huda, 10), (omar, 20), (sara, 30)):
        story.buys(one, line("cake", price=riyals * 100))
    pool = story.ask("POST", "/v1/pools", {"owner_id": huda.id, "customer_ids": [omar.id, sara.id]})
    assert pool["available"] == 60
    gathered = story.ask("POST", f"/v1/pools/{pool['id']}/gatherings", {"customer_id": huda.id, "amount": 45})
    assert sum(one["amount"] for one in gathered["transfers"]) == 35
    assert story.of(huda, "balance")["balance"] == 45
    with pytest.raises(Refused, match="insufficient_points"):
        story.ask("POST", f"/v1/pools/{pool['id']}/gatherings", {"customer_id": huda.id, "amount": 61})
    story.ask("POST", f"/v1/pools/{pool['id']}/customers/{sara.id}/leave")
    left = story.ask("GET", f"/v1/pools/{pool['id']}")
    assert {one["customer_id"] for one in left["customers"]} == {huda.id, omar.id}
    balances = [story.of(one, "balance")["balance"] for one in (huda, omar, sara)]
    assert (sum(balances), left["balance"]) == (60, balances[0] + balances[1])


def test_two_cards_of_one_person_are_one_and_the_till_may_still_read_the_old_one(story: Story) -> None:
    story.program(POINTS)
    old, new = story.customer("Huda"), story.customer("Huda A.")
    story.buys(old, line("cake", price=3_000))
    story.buys(new, line("cake", price=5_000))
    held = story.ask("POST", "/v1/holds", {"customer_id": old.id, "amount": 10})
    wish = {"from_customer_id": old.id, "into_customer_id": new.id, "reason": "one person"}
    with pytest.raises(Refused, match="units_held"):
        story.ask("POST", "/v1/wallet_merges", wish)
    story.ask("POST", f"/v1/holds/{held['id']}/release")
    merge = story.ask("POST", "/v1/wallet_merges", wish)
    assert story.of(new, "balance")["balance"] == 80

    story.buys(old, line("tea", price=700))
    story.nightly_jobs_run()
    assert [story.of(one, "balance")["balance"] for one in (old, new)] == [0, 87]

    story.ask("POST", f"/v1/wallet_merges/{merge['id']}/undo")
    assert [story.of(one, "balance")["balance"] for one in (old, new)] == [37, 50]


def test_units_that_died_while_the_shop_was_closed_are_given_back(story: Story) -> None:
    story.on("2026-01-10 10:00").program(POINTS, expiry=A_YEAR)
    huda = story.customer("Huda")
    story.buys(huda, line("cake", price=6_000))
    story.on("2027-01-11 10:00").nightly_jobs_run()
    assert story.of(huda, "balance")["balance"] == 0
    wish = {"customer_id": huda.id, "amount": 60, "expires_at": "2027-02-28T21:00:00Z", "reason": "we were closed"}
    story.ask("POST", "/v1/reinstatements", wish)
    assert story.of(huda, "balance")["next_expiry"] == {"at": "2027-02-28T21:00:00Z", "amount": 60}
    with pytest.raises(Refused, match="not_so_many_expired"):
        story.ask("POST", "/v1/reinstatements", {**wish, "amount": 1})
