"""Loyalty's work by the clock."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from psycopg import Error as DriverError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.data.database import Database
from chassis.data.known_tenants import known_tenants
from chassis.jobs import Job
from chassis.logging import log
from kernel.clock import utc_now
from kernel.ids import TenantId
from services.loyalty.operations.celebrate_days import celebrate_days
from services.loyalty.operations.end_instant_win import end_instant_win
from services.loyalty.operations.expire_lots import expire_lots
from services.loyalty.operations.fail_backtest import fail_backtest
from services.loyalty.operations.follow_balances import follow_balances
from services.loyalty.operations.follow_draw import follow_draw
from services.loyalty.operations.follow_merges import follow_merges
from services.loyalty.operations.follow_referrals import follow_referrals
from services.loyalty.operations.forget_wrong_codes import forget_wrong_codes
from services.loyalty.operations.give_leaderboard_prizes import give_leaderboard_prizes
from services.loyalty.operations.give_ordered_awards import give_ordered_awards
from services.loyalty.operations.make_coupon_codes import make_coupon_codes
from services.loyalty.operations.play_next_slice import play_next_slice
from services.loyalty.operations.publish_scheduled import publish_scheduled
from services.loyalty.operations.seal_entries import seal_entries
from services.loyalty.operations.settle_leaderboard import settle_leaderboard
from services.loyalty.operations.settle_tiers import settle_tiers
from services.loyalty.operations.tell_expiring import tell_expiring
from services.loyalty.operations.tell_membership_ends import tell_membership_ends
from services.loyalty.operations.time_out_holds import time_out_holds
from services.loyalty.queries.automatic import automatic_rewards
from services.loyalty.queries.backtests import unfinished_backtests
from services.loyalty.queries.draws import draws_under_way
from services.loyalty.queries.instant_wins import instant_wins_over
from services.loyalty.queries.program_shelf import SHELF


def expire_all_lots(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Book every lot that died, some customers at a time, so that nobody waits long for a lock."""
    return until_none(database, tenant_id, lambda db: expire_lots(db, tenant_id, at=at))


def time_out_all_holds(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Free every hold whose time is over."""
    return until_none(database, tenant_id, lambda db: time_out_holds(db, tenant_id, at=at))


def publish_all_scheduled(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Publish every version whose moment has come. Sales are decided by it from that moment on in any case."""
    with database.transaction(tenant_id) as db:
        return publish_scheduled(db, tenant_id, at=at)


def tell_all_membership_ends(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Tell of every renewal that is due and every membership that lapsed."""
    return until_none(database, tenant_id, lambda db: tell_membership_ends(db, tenant_id, at=at))


def follow_all_merges(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Bring what came to merged customers since."""
    return until_none(database, tenant_id, lambda db: follow_merges(db, tenant_id, at=at))


def tell_all_expiring(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Tell customers of units that die within the program's notice days."""
    return until_none(database, tenant_id, lambda db: tell_expiring(db, tenant_id, at=at))


def settle_all_tiers(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Tell who rose, who fell and who is about to, some customers at a time."""
    return until_last(database, tenant_id, lambda db, after: settle_tiers(db, tenant_id, after=after, at=at))


def celebrate_all_days(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Give what there is for birthdays and anniversaries, some customers at a time; returns to how many."""
    with database.transaction(tenant_id) as db:
        program = SHELF.live(db, tenant_id, at)
    total = 0
    for rule in program.celebrations.reward_rules if program else ():
        after: str | None = ""
        while after is not None:
            with database.transaction(tenant_id) as db:
                celebrated = celebrate_days(db, tenant_id, rule.id, after=after, at=at)
            total, after = total + celebrated.given, celebrated.last
    return total


def redeem_all_automatically(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Take the rewards that are taken by themselves, for one customer at a time."""
    with database.transaction(tenant_id) as db:
        rewards = automatic_rewards(db, tenant_id)
    done = 0
    for reward_id in rewards:
        done += until_none(
            database, tenant_id, partial(follow_balances, tenant_id=tenant_id, reward_id=reward_id, at=at)
        )
    return done


def seal_all_entries(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Seal what has been written, as far as nothing can come before it any more."""
    return until_none(database, tenant_id, lambda db: seal_entries(db, tenant_id, at=at))


def settle_all_leaderboards(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Settle every round that is over, then give its prizes, some at a time."""
    settled = until_none(database, tenant_id, lambda db: settle_leaderboard(db, tenant_id, at=at))
    return settled + until_none(database, tenant_id, lambda db: give_leaderboard_prizes(db, tenant_id, at=at))


def make_all_coupon_codes(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Make the codes that were asked for, some at a time: what is made stays made, whoever dies."""
    return until_none(database, tenant_id, lambda db: make_coupon_codes(db, tenant_id, at=at))


def give_all_ordered_awards(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Give the awards that were ordered for many, some at a time: what is given stays given, whoever dies."""
    return until_none(database, tenant_id, lambda db: give_ordered_awards(db, tenant_id, at=at))


def follow_all_draws(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Do what the clock asks of every draw: seal, close, reveal, pass on."""
    with database.transaction(tenant_id) as db:
        draws = draws_under_way(db, tenant_id)
    done = 0
    for draw_id in draws:
        done += until_none(database, tenant_id, partial(follow_draw, tenant_id=tenant_id, draw_id=draw_id, at=at))
    return done


def end_all_instant_wins(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Show the secrets of the instant wins whose time is over."""
    with database.transaction(tenant_id) as db:
        over = instant_wins_over(db, tenant_id, at)
    for instant_win_id in over:
        with database.transaction(tenant_id) as db:
            end_instant_win(db, tenant_id, instant_win_id, at=at)
    return len(over)


def follow_all_referrals(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Take every referral as far as it has come."""
    return until_last(database, tenant_id, lambda db, after: follow_referrals(db, tenant_id, after=after, at=at))


def until_none(database: Database, tenant_id: TenantId, work: Callable[[Session], int]) -> int:
    """Do it in transactions of its own until there is nothing left to do; returns how much there was."""
    total = 0
    while True:
        with database.transaction(tenant_id) as db:
            done = work(db)
        if not done:
            return total
        total += done


def until_last(database: Database, tenant_id: TenantId, work: Callable[[Session, str], tuple[int, str | None]]) -> int:
    """Do it in transactions of its own, each after the last id of the one before; returns how much there was."""
    total = 0
    after: str | None = ""
    while after is not None:
        with database.transaction(tenant_id) as db:
            done, after = work(db, after)
        total += done
    return total


def backtests_waiting(database: Database) -> list[tuple[TenantId, str]]:
    """The backtests of all tenants that are not over."""
    with database.transaction() as db:
        tenants = known_tenants(db)
    waiting = []
    for tenant_id in tenants:
        with database.transaction(tenant_id) as db:
            waiting += [(tenant_id, backtest_id) for backtest_id in unfinished_backtests(db, tenant_id)]
    return waiting


def play_backtest(database: Database, tenant_id: TenantId, backtest_id: str, stopped: Callable[[], bool]) -> None:
    """Play what nobody else plays of a backtest, each part in a transaction of its own; or give it up."""
    more = True
    while more and not stopped():
        try:
            with database.transaction(tenant_id) as db:
                more = play_next_slice(db, tenant_id, backtest_id, at=utc_now())
        except (DBAPIError, DriverError):
            raise
        except Exception:  # noqa: BLE001 - it would fail again: who waits for it is told
            log.exception("backtest failed", tenant_id=tenant_id, backtest_id=backtest_id)
            with database.transaction(tenant_id) as db:
                fail_backtest(db, tenant_id, backtest_id, at=utc_now())
            more = False


def forget_all_wrong_codes(database: Database, tenant_id: TenantId, at: datetime) -> int:
    """Forget the wrong codes that bar nobody any more."""
    with database.transaction(tenant_id) as db:
        return forget_wrong_codes(db, tenant_id, at=at)


JOBS = (
    Job("expire_lots", 60.0, expire_all_lots),
    Job("time_out_holds", 15.0, time_out_all_holds),
    Job("publish_scheduled", 15.0, publish_all_scheduled),
    Job("forget_wrong_codes", 3600.0, forget_all_wrong_codes),
    Job("tell_membership_ends", 600.0, tell_all_membership_ends),
    Job("follow_merges", 60.0, follow_all_merges),
    Job("follow_referrals", 60.0, follow_all_referrals),
    Job("tell_expiring", 3600.0, tell_all_expiring),
    Job("settle_leaderboards", 60.0, settle_all_leaderboards),
    Job("make_coupon_codes", 2.0, make_all_coupon_codes),
    Job("give_ordered_awards", 2.0, give_all_ordered_awards),
    Job("settle_tiers", 600.0, settle_all_tiers),
    Job("celebrate_days", 3600.0, celebrate_all_days),
    Job("seal_entries", 30.0, seal_all_entries),
    Job("redeem_automatically", 30.0, redeem_all_automatically),
    Job("follow_draws", 30.0, follow_all_draws),
    Job("end_instant_wins", 30.0, end_all_instant_wins),
)
