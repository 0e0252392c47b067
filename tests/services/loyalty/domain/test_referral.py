"""What becomes of a referral, step by step."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.diff_wording import diff_texts
from services.loyalty.domain.program import compile_program
from services.loyalty.domain.program_diff import program_diff
from services.loyalty.domain.referral import (
    REASONS,
    FriendPurchase,
    Referral,
    ReferralMilestone,
    ReferralReason,
    ReferralStatus,
    ReferralTerms,
    Step,
    after_purchases,
    counted_since,
    milestones_due,
    next_purchase_step,
    next_step,
    reward_id,
)
from tests.services.loyalty.domain.build import NAME, document, rule

RIYADH = ZoneInfo("Asia/Riyadh")
CAME = datetime(2026, 3, 1, 9, tzinfo=UTC)
MILES = {"points": 1, "unit": "miles"}
THIRD = {"friends": 3, "award": {"points": 1}}
TERMS = ReferralTerms.model_validate({"name": NAME, "advocate": {"points": 5}, "purchase_min": 100})


def days(number: float) -> datetime:
    return CAME + timedelta(days=number)


def bought(amount: int = 100, *, on: float = 1, sold: int | None = None, at_close: int | None = None) -> FriendPurchase:
    """Something worth so much now, and when it was sold and the window closed unless told otherwise."""
    return FriendPurchase(
        id="pur_1",
        occurred_at=days(on),
        sold=amount if sold is None else sold,
        at_close=amount if at_close is None else at_close,
        now=amount,
    )


def after(
    status: ReferralStatus,
    found: FriendPurchase | None,
    *,
    at: float,
    until: float = 30,
    barred: ReferralReason | None = None,
) -> tuple[str, str | None] | None:
    referral = Referral(status=status, created_at=CAME, until=days(until))
    step = next_step(TERMS, RIYADH, referral, found, barred, days(at))
    return (step.status, step.reason) if step else None


@pytest.mark.parametrize(
    ("found", "at", "step"),
    [
        pytest.param(None, 29.99, None, id="there is time"),
        pytest.param(None, 30, ("refused", "expired"), id="the time is over"),
        pytest.param(bought(), 1, ("held", None), id="just enough"),
        pytest.param(bought(99), 1, ("refused", "purchase_too_small"), id="one too little"),
        pytest.param(bought(0, sold=100), 40, ("held", None), id="enough, and brought back before anybody looked"),
        pytest.param(bought(100, sold=10), 2, ("held", None), id="mistyped, and corrected before anybody looked"),
        pytest.param(bought(on=29.99), 40, ("held", None), id="in time, looked at late"),
        pytest.param(bought(on=30), 40, ("refused", "expired"), id="too late"),
        pytest.param(bought(on=-0.003), 1, ("held", None), id="by a till four minutes slow"),
        pytest.param(bought(on=-0.004), 1, ("refused", "bought_before"), id="before"),
    ],
)
def test_a_friend_who_came(found: FriendPurchase | None, at: float, step: Any) -> None:
    assert after("pending", found, at=at) == step


@pytest.mark.parametrize(
    ("found", "at", "step"),
    [
        pytest.param(bought(), 14.99, None, id="the window is open"),
        pytest.param(bought(), 15, ("rewarded", None), id="the window has closed"),
        pytest.param(bought(99), 2, ("revoked", "returned"), id="brought back"),
        pytest.param(bought(99, at_close=99), 16, ("revoked", "returned"), id="brought back, looked at late"),
        pytest.param(bought(0, at_close=100), 16, ("rewarded", None), id="brought back after it had closed"),
    ],
)
def test_what_is_held(found: FriendPurchase, at: float, step: Any) -> None:
    assert after("held", found, at=at, until=15) == step


@pytest.mark.parametrize(
    ("found", "at", "step"),
    [
        pytest.param(bought(), 50, None, id="kept"),
        pytest.param(bought(99), 50, ("revoked", "returned"), id="brought back"),
        pytest.param(bought(), 105, ("rewarded", None), id="for good"),
        pytest.param(bought(0, at_close=100), 106, ("rewarded", None), id="brought back too late"),
    ],
)
def test_what_was_rewarded(found: FriendPurchase, at: float, step: Any) -> None:
    assert after("rewarded", found, at=at, until=105) == step


@pytest.mark.parametrize("reason", ["same_person", "ring", "blocked"])
def test_what_bars_it(reason: ReferralReason) -> None:
    assert after("pending", bought(), at=1, barred=reason) == ("refused", reason)
    assert after("held", bought(), at=1, barred=reason) == ("revoked", reason)
    kept = reason == "blocked"
    assert after("rewarded", bought(), at=1, barred=reason) == (None if kept else ("revoked", reason))


@pytest.mark.parametrize("status", ["refused", "revoked"])
def test_what_is_closed_stays_so(status: ReferralStatus) -> None:
    assert after(status, bought(0), at=1000, barred="ring") is None


def test_days_are_the_shops() -> None:
    """Cairo's clocks go forward on 24 April 2026: the same time of the day comes an hour sooner."""
    cairo, at = ZoneInfo("Africa/Cairo"), datetime(2026, 4, 20, 10, tzinfo=UTC)
    found = FriendPurchase(id="pur_1", occurred_at=at, sold=100, at_close=100, now=100)
    referral = Referral(status="pending", created_at=at, until=at + timedelta(days=30))
    step = next_step(TERMS, cairo, referral, found, None, at)
    assert step == Step(status="held", until=datetime(2026, 5, 4, 9, tzinfo=UTC))


@given(st.lists(st.floats(0, 200), max_size=6), st.integers(0, 200), st.floats(0, 40), st.floats(0, 200))
def test_how_often_anybody_looks_makes_no_difference(
    looks: list[float], left: int, on: float, returned_on: float
) -> None:
    """Somebody who buys for 150 and brings some of it back: looked at often, or only in the end."""

    def ends(moments: list[float]) -> str:
        status: ReferralStatus = "pending"
        until: datetime | None = days(30)
        for moment in moments:
            while until is not None:
                amounts = [
                    150 if moved < returned_on else left for moved in (moment, (until - CAME) / timedelta(days=1))
                ]
                seen = FriendPurchase(id="pur_1", occurred_at=days(on), sold=150, at_close=amounts[1], now=amounts[0])
                referral = Referral(status=status, created_at=CAME, until=until)
                step = next_step(TERMS, RIYADH, referral, seen if moment >= on else None, None, days(moment))
                if step is None:
                    break
                status, until = step.status, step.until
        return status

    # A job that looks every minute sees what is brought back in its time.
    often = sorted([*looks, on, max(on, returned_on)])
    assert ends([*often, 300]) == ends([*sorted({on, max(on, returned_on)}), 300])


EVERY = TERMS.model_copy(update={"when": "every_purchase"})


def of_purchase(
    status: ReferralStatus,
    found: FriendPurchase,
    *,
    at: float,
    until: float = 15,
    barred: ReferralReason | None = None,
    early: bool = False,
    room: bool = True,
) -> tuple[str, str | None] | None:
    terms = EVERY.model_copy(update={"friend_when": "purchased" if early else "window_closed"})
    purchase = Referral(status=status, created_at=found.occurred_at, until=days(until))
    step = next_purchase_step(terms, RIYADH, purchase, found, barred, days(at), has_room=room)
    return (step.status, step.reason) if step else None


@pytest.mark.parametrize(
    ("status", "found", "at", "room", "step"),
    [
        pytest.param("pending", bought(), 2, True, ("held", None), id="enough"),
        pytest.param("pending", bought(99), 2, True, None, id="not enough so far"),
        pytest.param("held", bought(), 2, True, None, id="still enough"),
        pytest.param("held", bought(99), 2, True, ("pending", None), id="not enough any more"),
        pytest.param("held", bought(), 15, True, ("rewarded", None), id="kept"),
        pytest.param("held", bought(), 15, False, ("refused", "purchases_max"), id="kept, and others have the places"),
        pytest.param(
            "pending", bought(0, at_close=100), 16, True, ("rewarded", None), id="brought back after it closed"
        ),
        pytest.param("held", bought(0, sold=100), 15, True, ("refused", "returned"), id="brought back"),
        pytest.param("pending", bought(99), 15, True, ("refused", "purchase_too_small"), id="too small"),
    ],
)
def test_a_purchase_is_decided_when_its_window_closes(
    status: ReferralStatus, found: FriendPurchase, at: float, room: bool, step: Any
) -> None:
    assert of_purchase(status, found, at=at, room=room) == step


@pytest.mark.parametrize(
    ("status", "found", "at", "room", "step"),
    [
        pytest.param("pending", bought(), 2, True, ("held", None), id="enough"),
        pytest.param("pending", bought(), 2, False, ("refused", "purchases_max"), id="others have the places"),
        pytest.param("pending", bought(99), 2, False, None, id="not enough so far"),
        pytest.param("held", bought(99), 2, True, ("revoked", "returned"), id="not enough any more"),
        pytest.param("held", bought(0), 15, True, ("revoked", "returned"), id="brought back, looked at late"),
        pytest.param("held", bought(), 15, False, ("rewarded", None), id="kept: it has its place"),
        pytest.param("pending", bought(), 15, True, ("rewarded", None), id="looked at late"),
    ],
)
def test_where_the_friend_has_theirs_with_the_purchase(
    status: ReferralStatus, found: FriendPurchase, at: float, room: bool, step: Any
) -> None:
    assert of_purchase(status, found, at=at, room=room, early=True) == step


@pytest.mark.parametrize(
    ("found", "at", "step"),
    [
        pytest.param(bought(), 20, None, id="kept"),
        pytest.param(bought(99), 20, ("revoked", "returned"), id="brought back"),
        pytest.param(bought(), 105, ("rewarded", None), id="for good"),
        pytest.param(bought(0, at_close=100), 106, ("rewarded", None), id="brought back too late"),
    ],
)
def test_a_purchase_that_was_rewarded(found: FriendPurchase, at: float, step: Any) -> None:
    assert of_purchase("rewarded", found, at=at, until=105, room=False) == step


@pytest.mark.parametrize("reason", ["same_person", "ring", "blocked", "bought_before"])
def test_what_bars_a_purchase(reason: ReferralReason) -> None:
    undoes = reason in ("same_person", "ring")
    assert of_purchase("pending", bought(), at=2, barred=reason) == ("refused", reason)
    assert of_purchase("held", bought(), at=2, barred=reason) == ("refused", reason)
    assert of_purchase("held", bought(), at=2, barred=reason, early=True) == ("revoked", reason)
    assert of_purchase("rewarded", bought(), at=2, barred=reason) == (("revoked", reason) if undoes else None)


@pytest.mark.parametrize(
    ("stands", "counting", "barred", "after_that"),
    [
        (set(), True, None, ("pending", None)),
        (set(), False, None, ("refused", "expired")),
        ({"held", "revoked"}, True, None, ("held", None)),
        ({"rewarded", "held", "refused"}, True, None, ("rewarded", None)),
        ({"rewarded", "revoked"}, False, None, ("rewarded", None)),
        ({"revoked", "pending"}, False, None, ("pending", None)),
        ({"revoked", "refused"}, False, None, ("revoked", "returned")),
        ({"refused"}, False, None, ("refused", "purchase_too_small")),
        ({"refused"}, True, None, ("pending", None)),
        ({"rewarded", "refused"}, False, "blocked", ("rewarded", "blocked")),
        ({"refused"}, False, "blocked", ("refused", "blocked")),
        ({"revoked"}, False, "blocked", ("revoked", "blocked")),
        ({"rewarded", "revoked"}, False, "same_person", ("revoked", "same_person")),
    ],
)
def test_a_referral_is_what_its_purchases_are(
    stands: set[ReferralStatus], counting: bool, barred: ReferralReason | None, after_that: Any
) -> None:
    refused_for: ReferralReason | None = "purchase_too_small" if "refused" in stands else None
    step = after_purchases(stands, counting=counting, barred=barred, refused_for=refused_for)
    assert (step.status, step.reason) == after_that


def test_a_purchase_is_always_the_same_source() -> None:
    assert reward_id("pur_01h455vb4pex5vsknk084sn02q") == "rfp_01h455vb4pex5vsknk084sn02q"


@given(st.integers(1, 12), st.booleans(), st.integers(0, 40))
def test_a_milestone_is_reached_one_number_after_the_other(each: int, every: bool, friends: int) -> None:
    milestone = ReferralMilestone.model_validate({"friends": each, "every": every, "award": {"points": 1}})
    numbers = [number for number in range(1, friends + 1) if (number % each == 0 if every else number == each)]
    assert list(milestone.reached(friends)) == numbers
    after = milestone.after(friends)
    assert after is None or after > friends
    if after is not None:
        assert list(milestone.reached(after)) == [*numbers, after]
    assert after is not None or numbers


def test_what_is_due_for_so_many_friends_is_what_was_not_given() -> None:
    wanted = [{"friends": 3, "award": {"points": 7}}, {"friends": 2, "every": True, "award": {"points": 1}}]
    terms = ReferralTerms.model_validate({"name": NAME, "milestones": wanted})
    due = [(number, award.points) for number, award in milestones_due(terms, 6, {2})]
    assert due == [(3, 7), (4, 1), (6, 1)]
    assert [terms.next_milestone(friends) for friends in range(5)] == [2, 2, 3, 4, 6]
    assert TERMS.next_milestone(5) is None


def test_an_award_is_in_units_of_the_program() -> None:
    for terms in ({"advocate": {"points": 1, "unit": "miles"}}, {"milestones": [{**THIRD, "award": MILES}]}):
        with pytest.raises(ValidationError, match="none of the program's units"):
            document(referral={"name": NAME, **terms})


def test_limits_count_from_the_beginning_of_their_period() -> None:
    terms = TERMS.model_copy(
        update={
            "limits": ReferralTerms.model_validate(
                {
                    "name": NAME,
                    "friend": {"points": 1},
                    "limits": [{"at_most": 3, "per": "month"}, {"at_most": 9}],
                }
            ).limits
        }
    )
    counted = [(limit.at_most, since) for limit, since in counted_since(terms, days(4), RIYADH)]
    assert counted == [(3, datetime(2026, 2, 28, 21, tzinfo=UTC)), (9, None)]


def test_a_code_is_good_for_so_many_days() -> None:
    assert TERMS.code_ends(CAME, RIYADH) is None
    assert TERMS.model_copy(update={"code_days": 7}).code_ends(CAME, RIYADH) == days(7)


def test_every_reason_is_said_in_both_languages() -> None:
    for reason in REASONS.values():
        assert reason.in_language(Language.ENGLISH)
        assert any("\u0600" <= letter <= "\u06ff" for letter in reason.in_language(Language.ARABIC))


def test_its_units_go_by_its_name() -> None:
    terms = {"name": NAME, "advocate": {"points": 5}}
    assert compile_program(document(referral=terms)).names["referral"].en == NAME["en"]
    with pytest.raises(ValidationError):
        document({**rule("earn", per=1), "id": "referral"}, referral=terms)


def test_what_changes_between_versions_is_said() -> None:
    before, after = ({"name": NAME, "advocate": {"points": points}} for points in (500, 300))
    diff = program_diff(document(referral=before), document(referral=after))
    assert [change.path for change in diff.terms] == ["referral.advocate.points"]
    (said,) = diff_texts(diff, Language.ENGLISH)
    assert said.startswith("units for bringing a friend from ")


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({}, id="nothing for anybody"),
        pytest.param({"advocate": {"points": 1}, "purchase_min": 0}, id="without a purchase"),
        pytest.param({"advocate": {"points": 1}, "limits": [{"at_most": 0}]}, id="nobody"),
        pytest.param({"advocate": {"points": 1}, "hold_day": 3}, id="unknown key"),
        pytest.param({"advocate": {"points": 1}, "hold_days": 3}, id="held for days, and for a purchase"),
        *(
            pytest.param({"advocate": {"points": 1}, "when": "came", **asked}, id=f"came, and {next(iter(asked))}")
            for asked in ({"purchase_min": 2}, {"valid_days": 3}, {"return_days": 3}, {"friend_when": "purchased"})
        ),
        pytest.param({"advocate": {"points": 1}, "purchases_max": 2}, id="of the first purchase, so many"),
        pytest.param({"advocate": {"points": 1}, "when": "came", "purchases_max": 2}, id="came, and so many purchases"),
        pytest.param({"advocate": {"points": 1}, "when": "every_purchase", "purchases_max": 0}, id="no purchase"),
        pytest.param({"advocate": {"points": 1}, "when": "every_purchase", "hold_days": 3}, id="every one, and held"),
        pytest.param({"milestones": [{"friends": 0, "award": {"points": 1}}]}, id="a milestone of nobody"),
        pytest.param({"milestones": [{"friends": 3}]}, id="a milestone without an award"),
        *(
            pytest.param(
                {
                    "milestones": [
                        {"friends": friends, "every": every, "award": {"points": 1}} for friends, every in two
                    ]
                },
                id=f"twice the same number: {two}",
            )
            for two in (
                ((3, False), (3, False)),
                ((3, True), (6, False)),
                ((6, False), (3, True)),
                ((3, True), (2, True)),
                ((1, True), (9, False)),
            )
        ),
    ],
)
def test_refuses(terms: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ReferralTerms.model_validate({"name": NAME, **terms})
