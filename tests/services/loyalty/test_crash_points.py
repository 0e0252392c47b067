"""A failure before any statement leaves nothing behind; the same request again has the whole effect, once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.pq import TransactionStatus
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from chassis.data.database import Database
from chassis.data.pipelines import Pipeline
from kernel.ids import CustomerId
from services.loyalty.api.till import record_one, record_together
from services.loyalty.operations import give_ordered_awards as giving
from services.loyalty.operations import make_coupon_codes as making
from services.loyalty.operations.celebrate_days import celebrate_days
from services.loyalty.operations.expire_lots import expire_lots
from services.loyalty.operations.follow_draw import follow_draw
from services.loyalty.operations.give_leaderboard_prizes import give_leaderboard_prizes
from services.loyalty.operations.record_purchases import Recorded
from services.loyalty.operations.settle_tiers import settle_tiers
from tests.services.loyalty.award_batches import AwardBatches
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.domain.build import NAME, line, rule
from tests.services.loyalty.domain.instant_wins import POINTS
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.instant_wins import PLAY_PER_VISIT, InstantWins
from tests.services.loyalty.leaderboards import Leaderboards
from tests.services.loyalty.memberships import Memberships
from tests.services.loyalty.referrals import Referrals
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop
from tests.services.loyalty.tiers import ladder

CARD = rule("stamp_card", card="coffee", stamps_needed=2, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE)
GYM = rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3)


class Statements:
    """Counts the statements sent, and fails at one of them."""

    def __init__(self, fail_at: int | None, how: Callable[[Any], None]) -> None:
        self.sent = 0
        self.fail_at = fail_at
        self.how = how

    def see(self, connection: Any) -> None:
        self.sent += 1
        if self.sent == self.fail_at:
            self.how(connection)


@contextmanager
def counted(shop: Shop, monkeypatch: pytest.MonkeyPatch, statements: Statements) -> Iterator[None]:
    """Every statement of the shop's database, whether it goes through SQLAlchemy or through a pipeline."""
    send, commit = Pipeline.send, Pipeline.commit

    def counting_send(self: Pipeline, statement: str, parameters: Any) -> Any:
        statements.see(self._connection)
        return send(self, statement, parameters)

    def before(connection: Any, *_rest: Any) -> None:
        statements.see(connection.connection.driver_connection)

    def before_commit(connection: Any) -> None:
        driver = connection.connection.driver_connection
        # Where the last pipeline has committed, there is nothing left to do.
        if driver.pgconn.transaction_status != TransactionStatus.IDLE:
            statements.see(driver)

    def counting_pipeline_commit(self: Pipeline) -> None:
        statements.see(self._connection)
        commit(self)

    engine = shop.database.engine
    with monkeypatch.context() as patch:
        patch.setattr(Pipeline, "send", counting_send)
        patch.setattr(Pipeline, "commit", counting_pipeline_commit)
        event.listen(engine, "before_cursor_execute", before)
        event.listen(engine, "commit", before_commit)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", before)
            event.remove(engine, "commit", before_commit)


def driver_fails(_connection: Any) -> None:
    """The driver finds the connection gone."""
    raise psycopg.OperationalError("the connection is lost")


def server_ends(connection: Any) -> None:
    """The server really ends the session: the statement that follows finds out."""
    with psycopg.connect(connection.info.dsn, password=connection.info.password, autocommit=True) as other:
        other.execute(sql.SQL("SELECT pg_terminate_backend({})").format(connection.info.backend_pid))


def in_the_end(work: Callable[[], Any]) -> Any:
    """Try again for as long as a busy machine takes to give a new connection."""
    for _try in range(5):
        try:
            return work()
        except OperationalError as error:
            if not isinstance(error.orig, psycopg.errors.ConnectionTimeout):
                raise
    return work()


def at_every_statement(
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    prepare: Callable[[], Callable[[], Any]],
    how: Callable[[Any], None] = driver_fails,
) -> None:
    """Fail at the first statement, at the second, and so on, until it goes through; try each again at once."""
    prepare()()  # what is kept in memory from now on, is
    whole = Statements(None, how)
    work = prepare()
    with counted(shop, monkeypatch, whole):
        work()
    assert whole.sent > 3
    for fail_at in range(1, whole.sent + 1):
        work = prepare()
        before = shop.everything()
        statements = Statements(fail_at, how)
        with counted(shop, monkeypatch, statements), pytest.raises((psycopg.OperationalError, DBAPIError)):
            work()
        assert statements.sent >= fail_at
        assert in_the_end(shop.everything) == before, f"something stayed of a failure at statement {fail_at}"
        in_the_end(work)
        assert shop.everything() != before
        assert shop.breaches() == []


@pytest.fixture
def busy_shop(shop: Shop) -> Shop:
    """A shop whose sales touch every table."""
    shop.publish(POINT_PER_RIYAL, CARD, GYM)
    return shop


@pytest.mark.parametrize("how", [driver_fails, server_ends])
def test_recording_a_purchase(busy_shop: Shop, monkeypatch: pytest.MonkeyPatch, how: Callable[[Any], None]) -> None:
    shop = busy_shop
    ana = shop.customer()
    count = 0

    def prepare() -> Callable[[], Any]:
        nonlocal count
        count += 1
        shop.adjust(ana, 10)
        code = shop.redeem(ana, shop.offer(10)).code
        sale = shop.sale(ana, line("COFFEE", 3), line("GYM"), codes=[code], key=f"K-{count}")
        return lambda: record_together(shop.database, [sale])

    at_every_statement(shop, monkeypatch, prepare, how)
    assert shop.rows("SELECT count(*) FROM purchases") == [{"count": count}]


def test_returning_a_purchase(busy_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = busy_shop
    ana = shop.customer()

    def prepare() -> Callable[[], Any]:
        shop.adjust(ana, 100)
        code = shop.redeem(ana, shop.offer(10)).code
        sold = shop.sell(ana, line("COFFEE", 3), line("GYM"), codes=[code]).purchase.id
        shop.redeem(ana, shop.offer(10))
        return lambda: shop.take_back(sold)

    at_every_statement(shop, monkeypatch, prepare)


def test_redeeming_holding_and_capturing(busy_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = busy_shop
    ana = shop.customer()
    reward = shop.offer(10)
    shop.adjust(ana, 10_000)
    at_every_statement(shop, monkeypatch, lambda: lambda: shop.redeem(ana, reward))
    at_every_statement(shop, monkeypatch, lambda: lambda: shop.hold(ana, 10))

    def prepare() -> Callable[[], Any]:
        hold = shop.hold(ana, 10)
        return lambda: shop.capture(hold.id, 5)

    at_every_statement(shop, monkeypatch, prepare)


def test_using_a_coupon_and_giving_it_back(busy_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = busy_shop
    eid = CouponCampaign(shop, "EID", uses_per_code=100, uses_per_customer=100, uses_in_total=100)
    ana = shop.customer()

    def prepare_sale() -> Callable[[], Any]:
        sale = shop.sale(ana, codes=["EID"])
        return lambda: record_together(shop.database, [sale])

    at_every_statement(shop, monkeypatch, prepare_sale)

    def prepare_return() -> Callable[[], Any]:
        sold = eid.buy(ana, "EID").purchase.id
        return lambda: shop.take_back(sold)

    at_every_statement(shop, monkeypatch, prepare_return)


def test_an_activity_and_taking_it_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    award = {"points": 5, "reward": FREE_COFFEE}
    shop.publish(rule("activity", activity="review", award=award))
    ana = shop.customer()
    count = 0

    def prepare() -> Callable[[], Any]:
        nonlocal count
        count += 1
        named = f"A-{count}"
        return lambda: shop.activity(ana, "review", external_id=named)

    at_every_statement(shop, monkeypatch, prepare)

    def prepare_cancelling() -> Callable[[], Any]:
        told = prepare()().row.id
        return lambda: shop.cancel_activity(told)

    at_every_statement(shop, monkeypatch, prepare_cancelling)


def test_an_activity_with_entries_and_plays_and_taking_it_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    wheels = InstantWins(shop)
    instant_win_id = wheels.create(prizes=[POINTS])
    Draws(shop).create()
    shop.publish(rule("activity", activity="review", draw_entries={"draw": "summer"}, plays={"instant_win": "spring"}))
    ana = shop.customer()
    count = 0

    def prepare() -> Callable[[], Any]:
        nonlocal count
        count += 1
        named = f"A-{count}"
        return lambda: shop.activity(ana, "review", external_id=named)

    at_every_statement(shop, monkeypatch, prepare)

    def prepare_cancelling() -> Callable[[], Any]:
        told = prepare()().row.id
        for play in wheels.from_source(told):
            wheels.play(instant_win_id, play)
        return lambda: shop.cancel_activity(told)

    at_every_statement(shop, monkeypatch, prepare_cancelling)


def test_a_referral_its_milestone_and_taking_both_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    milestones = [{"friends": 1, "award": {"points": 70, "reward": FREE_COFFEE}}]
    referrals, begin = Referrals(shop, advocate={"points": 500, "reward": FREE_COFFEE}, milestones=milestones), shop.at

    def prepare() -> Callable[[], Any]:
        shop.at = begin
        referrals.buy(referrals.two()[1])
        shop.at += timedelta(days=14)
        return referrals.follow

    at_every_statement(shop, monkeypatch, prepare)

    def prepare_return() -> Callable[[], Any]:
        shop.at = begin
        bought = referrals.buy(referrals.two()[1])
        referrals.follow(begin + timedelta(days=14))
        shop.take_back(bought)
        return referrals.follow

    at_every_statement(shop, monkeypatch, prepare_return)


def test_every_purchase_of_a_friend_and_taking_one_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    referrals, begin = Referrals(shop, when="every_purchase", friend_when="purchased", purchases_max=1), shop.at

    def prepare() -> Callable[[], Any]:
        shop.at = begin
        _ana, omar = referrals.two()
        for _each in range(2):
            referrals.buy(omar)
        shop.at += timedelta(days=14)
        return referrals.follow

    at_every_statement(shop, monkeypatch, prepare)

    def prepare_void() -> Callable[[], Any]:
        shop.at = begin
        _ana, omar = referrals.two()
        bought = referrals.buy(omar)
        referrals.follow(begin + timedelta(days=14))
        referrals.buy(omar)
        shop.void(bought)
        return referrals.follow

    at_every_statement(shop, monkeypatch, prepare_void)


def test_a_prize_that_goes_with_another_purchase(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The return of one sale takes a challenge's prize from the other, in one transaction."""
    goal = {"kind": "visits", "at_least": 2}
    shop.publish(rule("challenge", goal=goal, per="day", award={"points": 50, "reward": FREE_COFFEE}))

    def prepare() -> Callable[[], Any]:
        ana = shop.customer()
        first, _second = (shop.sell(ana).purchase.id for _sale in range(2))
        return lambda: shop.take_back(first)

    at_every_statement(shop, monkeypatch, prepare)


def test_settling_a_leaderboard_and_giving_its_prizes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, begin = Leaderboards(shop), shop.at
    prizes = [{"up_to": 2, "award": {"points": 100, "reward": FREE_COFFEE}}]

    def prepare() -> Callable[[], Any]:
        shop.at = begin
        people = [shop.customer() for _ in range(2)]
        board = boards.create(starts_on="2036-03-02", prizes=prizes)
        boards.join(board, *people)
        for who in people:
            shop.sell(who)
        boards.stop(board)
        shop.at = begin + timedelta(days=1)
        return boards.settle_one

    at_every_statement(shop, monkeypatch, prepare)
    boards.settle()

    def give() -> None:
        with shop.database.transaction(shop.tenant_id) as db:
            assert give_leaderboard_prizes(db, shop.tenant_id, at=shop.at) == 2

    def prepare_prizes() -> Callable[[], Any]:
        prepare()()
        return give

    at_every_statement(shop, monkeypatch, prepare_prizes)
    assert shop.rows("SELECT DISTINCT status FROM leaderboard_places") == [{"status": "given"}]


def test_celebrating(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once: the books are theirs together."""
    shop.publish(rule("birthday", award={"points": 50, "reward": FREE_COFFEE}))
    everybody = []

    def celebrate() -> None:
        with shop.database.transaction(shop.tenant_id) as db:
            assert celebrate_days(db, shop.tenant_id, "birthday", after="", at=shop.at).given == 2

    def prepare() -> Callable[[], Any]:
        everybody.extend(shop.customer(birthday="03-02") for _ in range(2))
        return celebrate

    at_every_statement(shop, monkeypatch, prepare)
    assert {shop.points(who)[0] for who in everybody} == {50}


def test_settling_tiers(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody falls, somebody is warned, and somebody's purchases are counted anew, all by one look."""
    shop.publish(POINT_PER_RIYAL, tiers=ladder(warning_days=30))
    begin = shop.at

    def settle_some() -> None:
        with shop.database.transaction(shop.tenant_id) as db:
            assert settle_tiers(db, shop.tenant_id, after="", at=shop.at) == (3, None)

    def prepare() -> Callable[[], Any]:
        shop.at = begin
        falls, warned, changed = (shop.customer() for _ in range(3))
        shop.earn(falls, 5000)
        shop.at = begin.replace(year=2037)
        shop.earn(warned, 5000)
        shop.at = begin.replace(year=2038, month=12, day=15)
        shop.earn(changed, 5000)
        with shop.database.transaction(shop.tenant_id) as db:
            db.execute(text("UPDATE tier_progress SET counted_at = 0 WHERE customer_id = :id"), {"id": changed})
        return settle_some


def two_who_are_one(shop: Shop) -> tuple[CustomerId, CustomerId]:
    """A customer with units, stamps, and a membership that another one shares; and one with a membership."""
    old, new, friend = (shop.customer() for _ in range(3))
    for who in (old, new):
        shop.sell(who, line("COFFEE"), line("GYM"))
    Memberships(shop, old).share(friend)
    return old, new


def test_merging_customers(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.publish(POINT_PER_RIYAL, CARD, GYM, plans=[{"id": "gym", "name": NAME, "family_max": 1}])

    def prepare() -> Callable[[], Any]:
        old, new = two_who_are_one(shop)
        return lambda: shop.merge(old, new)

    at_every_statement(shop, monkeypatch, prepare)


def test_undoing_a_merge(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.publish(POINT_PER_RIYAL, CARD, GYM, plans=[{"id": "gym", "name": NAME, "family_max": 1}])

    def prepare() -> Callable[[], Any]:
        merge = shop.merge(*two_who_are_one(shop))
        return lambda: shop.unmerge(merge)

    at_every_statement(shop, monkeypatch, prepare)


def test_making_coupon_codes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who dies in the middle of a batch leaves neither codes nor a count; the next one goes on where it was."""
    monkeypatch.setattr(making, "CODES_MAX", 3)
    eid = CouponCampaign(shop)
    eid.order(10_000)
    at_every_statement(shop, monkeypatch, lambda: eid.make_some)
    (batch,) = shop.rows("SELECT made FROM coupon_batches")
    assert batch["made"] == len(eid.codes()) == len(set(eid.codes()))


def test_giving_the_awards_of_a_batch(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who dies in the middle of a part has given none of it; the next one goes on where it was."""
    monkeypatch.setattr(giving, "LINES_MAX", 2)
    shop.publish(POINT_PER_RIYAL)
    batches, people = AwardBatches(shop), [shop.customer() for _each in range(3)]

    def prepare() -> Callable[[], Any]:
        batches.give()
        batches.order([*people, "cus_nobody"], points=5, reward=FREE_COFFEE)
        return batches.give_some

    at_every_statement(shop, monkeypatch, prepare)
    at_every_statement(shop, monkeypatch, lambda: lambda: batches.order(people))

    def prepare_cancelling() -> Callable[[], Any]:
        batch_id = batches.order(people)
        return lambda: batches.cancel(batch_id)

    at_every_statement(shop, monkeypatch, prepare_cancelling)
    batches.give()
    times = shop.rows("SELECT customer_id, count(*) AS times FROM award_lines WHERE status = 'given' GROUP BY 1")
    assert all(shop.balance(line["customer_id"]).available == 5 * line["times"] for line in times)


def test_playing_an_instant_win_and_bringing_its_purchase_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn without its prize, and nothing taken back without it."""
    wheels = InstantWins(shop)
    instant_win_id = wheels.create(prizes=[{**POINTS, "stock": 1000}])
    shop.publish(PLAY_PER_VISIT)

    def prepare(*, played: bool) -> Callable[[], Any]:
        sold = shop.sell(shop.customer()).purchase
        (play,) = wheels.from_source(sold.id)
        if not played:
            return lambda: wheels.play(instant_win_id, play)
        wheels.play(instant_win_id, play)
        return lambda: shop.take_back(sold.id)

    at_every_statement(shop, monkeypatch, lambda: prepare(played=False))
    at_every_statement(shop, monkeypatch, lambda: prepare(played=True))
    assert set(wheels.outcomes(instant_win_id)) == {"won"}


def test_revealing_a_draw_and_giving_its_prize(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.publish(POINT_PER_RIYAL)
    draws, begin, count = Draws(shop), shop.at, 0

    def step(draw_id: str) -> None:
        with shop.database.transaction(shop.tenant_id) as db:
            follow_draw(db, shop.tenant_id, draw_id, at=shop.at)

    def prepare(until: str) -> Callable[[], Any]:
        nonlocal count
        count += 1
        shop.at = begin
        draw_id = draws.create(draw=f"draw-{count}", prizes=[{"name": NAME, "award": {"points": 5}}])
        draws.enter(draw_id, shop.customer())
        draws.close_by_clock()
        while draws.read(draw_id).status != until:
            step(draw_id)
        return lambda: step(draw_id)

    at_every_statement(shop, monkeypatch, lambda: prepare("closed"))
    at_every_statement(shop, monkeypatch, lambda: prepare("drawn"))


def test_expiring(busy_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = busy_shop
    ana = shop.customer()

    def expire() -> None:
        with shop.database.transaction(shop.tenant_id) as db:
            assert expire_lots(db, shop.tenant_id, at=shop.at) == 1

    def prepare() -> Callable[[], Any]:
        shop.adjust(ana, 10, expires_at=shop.at + timedelta(seconds=1))
        shop.at += timedelta(seconds=1)
        return expire

    at_every_statement(shop, monkeypatch, prepare)


def test_an_answer_that_was_lost_after_the_commit_is_given_again(busy_shop: Shop) -> None:
    """The till cannot know whether it was recorded; it sends the sale again."""
    shop = busy_shop
    ana = shop.customer()
    sale = shop.sale(ana, line("COFFEE", 3), key="K-1")
    (lost,) = record_together(shop.database, [sale])
    (again,) = record_one(shop.database, sale)
    assert isinstance(lost, Recorded)
    assert isinstance(again, Recorded)
    assert (again.again, again.purchase) == (True, lost.purchase)


def test_a_server_that_was_restarted_is_found_again(busy_shop: Shop) -> None:
    """The connection that was kept is dead: who finds out is refused, and the next one is served."""
    ana = busy_shop.customer()
    one_connection = Database(busy_shop.database.settings, "loyalty", pool_size=1, name=busy_shop.database.name)
    shop = Shop(one_connection, busy_shop.tenant_id)
    for request in (lambda: shop.sell(ana, external_id="R-1"), lambda: shop.balance(ana)):
        with one_connection.engine.connect() as kept:
            server_ends(kept.connection.driver_connection)
        with pytest.raises(DBAPIError):
            request()
        in_the_end(request)
    one_connection.dispose()


def test_allowing_spending_it_and_settling_what_it_did_not_cover(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.publish(POINT_PER_RIYAL, pay_with_points={"worth": 5})
    ana = shop.customer()
    shop.adjust(ana, 10_000)
    at_every_statement(shop, monkeypatch, lambda: lambda: shop.allow(ana, 10))

    def spend() -> Callable[[], Any]:
        token, _row = shop.allow(ana, 10)
        sale = shop.sale(ana, line(), tenders=[{"kind": "points", "amount": 60, "allowance": token}])
        return lambda: shop.record(sale)

    at_every_statement(shop, monkeypatch, spend)

    def settle() -> Callable[[], Any]:
        spend()()
        (newest,) = shop.rows("SELECT max(id) AS id FROM offline_conflicts")
        return lambda: shop.settle(newest["id"], "debt")

    at_every_statement(shop, monkeypatch, settle)
