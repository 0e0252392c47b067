"""A draft goes live: one version decides a tenant's sales."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contracts.events.loyalty import ProgramPublished
from services.loyalty.domain.refusals.programs import (
    AnotherProgramLive,
    NamedThingMissing,
    SecondPersonNeeded,
    VersionRetired,
    VersionUnknown,
)
from services.loyalty.operations.add_version import add_version
from services.loyalty.operations.change_segment import change_segment
from services.loyalty.operations.create_program import create_program
from services.loyalty.operations.publish_version import publish_version
from services.loyalty.operations.retire_program import retire_program
from services.loyalty.operations.schedule_version import schedule_version
from services.loyalty.tables.programs import ProgramVersionRow
from tests.services.loyalty.award_batches import AwardBatches
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.domain.build import document, line, rule
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.instant_wins import InstantWins
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later
from tests.services.loyalty.tiers import ladder


def publish(shop: Shop, program_id: str, number: int) -> str:
    with shop.database.transaction(shop.tenant_id) as db:
        return publish_version(db, shop.tenant_id, program_id, number, actor="key_test", at=shop.at).status


def draft(shop: Shop, program_id: str, per: int) -> int:
    with shop.database.transaction(shop.tenant_id) as db:
        return add_version(
            db, shop.tenant_id, program_id, document(rule("earn", per=per)), actor="key_test", at=shop.at
        ).version


def statuses(shop: Shop) -> list[str]:
    return [row["status"] for row in shop.rows("SELECT status FROM program_versions ORDER BY program_id, version")]


def test_a_draft_takes_the_place_of_the_live_version(shop: Shop) -> None:
    program_id, _first = shop.publish(POINT_PER_RIYAL)
    second = draft(shop, program_id, 50)
    assert statuses(shop) == ["live", "draft"]
    shop.at = later(days=1)
    assert publish(shop, program_id, second) == "live"
    assert statuses(shop) == ["retired", "live"]
    assert shop.sell(shop.customer()).purchase.balance_after == 20
    told = [event for event in shop.told() if isinstance(event, ProgramPublished)]
    assert [(event.program_id, event.version, event.currency, event.time_zone) for event in told] == [
        (program_id, 1, "SAR", "Asia/Riyadh"),
        (program_id, 2, "SAR", "Asia/Riyadh"),
    ]
    assert told[-1].occurred_at == later(days=1)


def asking(kind: str, **asked: Any) -> dict[str, Any]:
    """A rule with this condition."""
    return rule("earn", id=kind, per=100, conditions=[{"kind": kind, **asked}])


NAMING: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a campaign": (
        asking("has_coupon", campaign="cpn_none"),
        {"rule": "has_coupon", "thing": "coupon_campaign", "name": "cpn_none"},
    ),
    "a draw": (rule("draw_entry", draw="summer"), {"rule": "draw_entry", "thing": "draw", "name": "summer"}),
    "an instant win": (
        rule("instant_win", instant_win="spring"),
        {"rule": "instant_win", "thing": "instant_win", "name": "spring"},
    ),
    "a draw that an activity enters": (
        rule("activity", activity="review", draw_entries={"draw": "autumn"}),
        {"rule": "activity", "thing": "draw", "name": "autumn"},
    ),
    "an instant win that an activity plays": (
        rule("activity", activity="review", plays={"instant_win": "autumn"}),
        {"rule": "activity", "thing": "instant_win", "name": "autumn"},
    ),
    "a plan": (asking("has_plan", plans=["gym"]), {"rule": "has_plan", "thing": "plan", "name": "gym"}),
    "a segment": (asking("in_segment", segments=["vip"]), {"rule": "in_segment", "thing": "segment", "name": "vip"}),
    "a tier": (asking("in_tier", tiers=["gold"]), {"rule": "in_tier", "thing": "tier", "name": "gold"}),
}


@pytest.mark.parametrize("naming", NAMING)
def test_what_names_nothing_does_not_go_live(shop: Shop, other_shop: Shop, naming: str) -> None:
    """Another tenant's things are none of ours; a draft that names what is missing can be written and tried."""
    names, said = NAMING[naming]
    have_everything(other_shop)
    shop.publish(POINT_PER_RIYAL)
    program_id, number = shop.draft(names)
    before = shop.everything()
    with pytest.raises(NamedThingMissing) as refused:
        publish(shop, program_id, number)
    assert refused.value.params == {**said, "missing": [said]}
    with pytest.raises(NamedThingMissing), shop.database.transaction(shop.tenant_id) as db:
        schedule_version(db, shop.tenant_id, program_id, number, later(days=1), actor="key_test", at=shop.at)
    assert shop.everything() == before


def test_what_names_something_goes_live(shop: Shop) -> None:
    campaign = have_everything(shop)
    shop.publish(
        asking("has_coupon", campaign=campaign),
        rule("draw_entry", draw="summer"),
        rule("instant_win", instant_win="spring"),
        rule("activity", activity="review", draw_entries={"draw": "summer"}, plays={"instant_win": "spring"}),
        asking("has_plan", plans=["gym"]),
        asking("in_segment", segments=["vip"]),
        asking("in_tier", tiers=["gold"]),
        tiers=ladder(),
    )
    assert statuses(shop)[-1] == "live"


def test_what_is_live_holds_up_no_other_change(shop: Shop) -> None:
    """A draw that was called off, and a segment that everybody left: only what is new has to be there."""
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    AwardBatches(shop).into("vip", ana)
    named = [rule("draw_entry", draw="summer"), asking("in_segment", segments=["vip"])]
    shop.publish(*named)
    draws.cancel(draw_id)
    with shop.database.transaction(shop.tenant_id) as db:
        change_segment(db, shop.tenant_id, ana, "vip", inside=False, at=shop.at)
    shop.publish(*named, POINT_PER_RIYAL)
    assert statuses(shop) == ["retired", "live"]
    with pytest.raises(NamedThingMissing) as refused:
        shop.publish(*named, asking("has_plan", plans=["gym", "spa"]))
    assert [each["name"] for each in refused.value.params["missing"]] == ["gym", "spa"]  # type: ignore[attr-defined]


def have_everything(shop: Shop) -> str:
    """A draw, an instant win, a plan and a segment that somebody has, and a campaign, whose id is answered."""
    ana = shop.customer()
    shop.publish(rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=1, bonus_months=0))
    shop.sell(ana, line("GYM"))
    AwardBatches(shop).into("vip", ana)
    Draws(shop).create()
    InstantWins(shop).create()
    return CouponCampaign(shop, "EID", publish=False).id


def test_publishing_again_changes_nothing_and_tells_nothing(shop: Shop) -> None:
    program_id, number = shop.publish(POINT_PER_RIYAL)
    told = len(shop.told())
    shop.at = later(days=1)
    assert publish(shop, program_id, number) == "live"
    assert len(shop.told()) == told
    assert shop.rows("SELECT published_at FROM program_versions") == [{"published_at": later()}]


def test_what_was_live_before_is_not_published_again(shop: Shop) -> None:
    program_id, first = shop.publish(POINT_PER_RIYAL)
    shop.publish(rule("earn", per=50))
    with pytest.raises(VersionRetired):
        publish(shop, program_id, first)
    assert statuses(shop) == ["retired", "live"]


def test_another_program_waits_until_the_live_one_is_retired(shop: Shop) -> None:
    program_id, _number = shop.publish(POINT_PER_RIYAL)
    with shop.database.transaction(shop.tenant_id) as db:
        other, version = create_program(
            db, shop.tenant_id, "Other", document(rule("earn", per=50)), actor="key_test", at=shop.at
        )
    with pytest.raises(AnotherProgramLive) as refused:
        publish(shop, other.id, version.version)
    assert refused.value.params == {"program_id": program_id}
    with shop.database.transaction(shop.tenant_id) as db:
        retire_program(db, shop.tenant_id, program_id, at=shop.at)
    assert publish(shop, other.id, version.version) == "live"


@pytest.mark.parametrize("way", ["publish", "schedule"])
def test_where_two_are_needed_the_author_does_not_publish(shop: Shop, way: str) -> None:
    with shop.database.transaction(shop.tenant_id) as db:
        program, version = create_program(
            db,
            shop.tenant_id,
            "Careful",
            document(POINT_PER_RIYAL),
            actor="key_author",
            at=shop.at,
            second_person=True,
        )

    def let_go(actor: str) -> ProgramVersionRow:
        with shop.database.transaction(shop.tenant_id) as db:
            named = (db, shop.tenant_id, program.id, version.version)
            if way == "schedule":
                return schedule_version(*named, later(days=1), actor=actor, at=shop.at)
            return publish_version(*named, actor=actor, at=shop.at)

    with pytest.raises(SecondPersonNeeded):
        let_go("key_author")
    assert shop.rows("SELECT status, author, publisher FROM program_versions") == [
        {"status": "draft", "author": "key_author", "publisher": None}
    ]
    done = let_go("key_other")
    assert (done.status, done.publisher) == ("live" if way == "publish" else "scheduled", "key_other")


def test_nobody_publishes_what_is_not_theirs(shop: Shop, other_shop: Shop) -> None:
    theirs, _number = other_shop.publish(POINT_PER_RIYAL)
    mine, number = shop.publish(POINT_PER_RIYAL)
    for program_id, version in ((theirs, 1), (mine, number + 1), ("prg_nothing", 1)):
        with pytest.raises(VersionUnknown):
            publish(shop, program_id, version)


def test_of_those_who_publish_at_once_one_version_stays_live(shop: Shop) -> None:
    program_id, _first = shop.publish(POINT_PER_RIYAL)
    numbers = [draft(shop, program_id, per) for per in (10, 20, 30, 40)]
    with ThreadPoolExecutor(4) as staff:
        assert set(staff.map(lambda number: publish(shop, program_id, number), numbers)) == {"live"}
    assert sorted(statuses(shop)) == ["live"] + ["retired"] * 4
