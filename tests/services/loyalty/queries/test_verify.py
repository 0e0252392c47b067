"""The proof finds what is wrong: each invariant, on a row that somebody with every right has changed by hand."""

from datetime import timedelta

import psycopg
import pytest

from chassis.data.database import Database
from chassis.data.known_tenants import learn_tenant
from chassis.settings import Settings
from kernel.ids import TenantId
from services.loyalty.queries.sealed import CHAIN
from services.loyalty.queries.verify import INVARIANTS, MEMBERSHIP_END, breaches
from services.loyalty.queries.verify_draws import DRAWN
from services.loyalty.queries.verify_instant_wins import PLAYED
from services.loyalty.queries.verify_tiers import TIERS
from tests.services.loyalty.award_batches import AwardBatches
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.draws import ENTRY_PER_VISIT, Draws
from tests.services.loyalty.instant_wins import PLAY_PER_VISIT, InstantWins
from tests.services.loyalty.passes import SWIM_TEN, Passes
from tests.services.loyalty.shop import NOON, POINT_PER_RIYAL, Shop
from tests.services.loyalty.tiers import ladder

GYM = rule(
    "membership_bonus",
    plan="gym",
    selector={"skus": ["GYM"]},
    paid_months=12,
    limits=[{"at_most": 5, "per": "day", "each": "store"}],
    cool_down={"hours": 1},
)

BY_DAY = "I2 of every day, lots and draws say what the entries say"
# What was changed by hand, and the invariants that must find it.
CORRUPTIONS = {
    "an entry changed": (
        "UPDATE entries SET amount = amount - 1 WHERE {mine} AND wallet = 'redeemed' AND unit = 'points'",
        {"I1 a transaction's entries add up to zero", "I1 all entries add up to zero"},
    ),
    "two entries changed so that the whole still adds up": (
        "UPDATE entries SET amount = amount + CASE wallet WHEN 'issued' THEN 1 ELSE -1 END "
        "WHERE {mine} AND unit = 'points' AND (wallet = 'redeemed' OR (wallet = 'issued' AND amount = -120))",
        {"I1 a transaction's entries add up to zero", "I3 a purchase accrued what its effects say, once"},
    ),
    "an entry taken away": (
        "DELETE FROM entries WHERE {mine} AND kind = 'burn' AND unit = 'points'",
        {"I2 a wallet's balance is the sum of its entries", BY_DAY},
    ),
    "a balance changed": (
        "UPDATE wallets SET balance = balance + 1 WHERE {mine}",
        {"I2 a wallet's balance is the sum of its entries", "I2 a wallet's balance is the sum of its open lots"},
    ),
    "a wallet taken away": (
        "DELETE FROM wallets WHERE {mine}",
        {"I2 a wallet's balance is the sum of its entries", "I2 a wallet's balance is the sum of its open lots"},
    ),
    "a debt invented": (
        "UPDATE wallets SET debt = debt + 1 WHERE {mine}",
        {"I2 a wallet's balance is the sum of its open lots"},
    ),
    "the rest of a lot changed": (
        "UPDATE lots SET remaining = remaining - 1 WHERE {mine} AND remaining > 0",
        {"I2 a wallet's balance is the sum of its open lots", "I2 what is left of a lot is what no draw took"},
    ),
    "progress on the ladder changed": (
        "UPDATE tier_progress SET amounts = '{{}}' WHERE {mine}",
        {TIERS},
    ),
    "a draw changed": (
        "UPDATE draws SET amount = amount + 1 WHERE {mine}",
        {"I2 what is left of a lot is what no draw took", BY_DAY},
    ),
    "the day changed on which a lot came": (
        "UPDATE lots SET recorded_at = recorded_at + interval '1 day' WHERE {mine} AND remaining > 0",
        {BY_DAY},
    ),
    "a running balance changed": (
        "UPDATE entries SET balance_after = balance_after + 1 WHERE {mine} AND wallet = 'customer' AND kind = 'burn'",
        {"I2 the balance after each entry runs on from the one before"},
    ),
    "a lot made to slide in a wallet that does not": (
        "UPDATE lots SET sliding = true WHERE {mine}",
        {"I2 a lot that slides is in a wallet that says until when"},
    ),
    "earnings counted that never were": (
        "UPDATE wallets SET earned = 12001, earned_since = '2036-03-01' WHERE {mine}",
        {"I2 no wallet counts more earned in a period than was accrued"},
    ),
    "effects that were not posted": (
        "UPDATE purchases SET effects = replace(effects, '\"amount\":120', '\"amount\":121') WHERE {mine}",
        {"I3 a purchase accrued what its effects say, once"},
    ),
    "an accrual of nothing": (
        "UPDATE entries SET reference = 'pur_nothing' WHERE {mine} AND kind = 'accrual' AND reference LIKE 'pur%%'",
        {"I3 every accrual belongs to a purchase or to an award", "I3 a purchase accrued what its effects say, once"},
    ),
    "an award that says more than was posted": (
        "UPDATE awards SET units = units + 1 WHERE {mine}",
        {"I3 awards accrued what they say, once"},
    ),
    "a batch of awards that says more than it gave": (
        "UPDATE award_batches SET given = given + 1, customers = customers + 1 WHERE {mine}",
        {"I3 a batch of awards gave each of its customers one"},
    ),
    "a line that was given nothing": (
        "UPDATE award_lines SET given_to = 'cus_nobody' WHERE {mine} AND status = 'given'",
        {"I3 a batch of awards gave each of its customers one"},
    ),
    "a sale that was never told": (
        "DELETE FROM outbox WHERE {mine} AND type = 'loyalty.purchase_recorded.v1'",
        {"I3 every purchase was told once"},
    ),
    "a sale told twice": (
        "INSERT INTO outbox (tenant_id, id, topic, key, type, occurred_at, data) "
        "SELECT tenant_id, id || '2', topic, key, type, occurred_at, data FROM outbox "
        "WHERE {mine} AND type = 'loyalty.purchase_recorded.v1'",
        {"I3 every purchase was told once"},
    ),
    "held units without a hold": (
        "UPDATE wallets SET held = held + 1 WHERE {mine}",
        {"I4 what is held is the sum of open holds"},
    ),
    "a hold closed behind the wallet's back": (
        "UPDATE holds SET status = 'released' WHERE {mine}",
        {"I4 what is held is the sum of open holds"},
    ),
    "a hold that nobody closes": (
        "UPDATE holds SET expires_at = %(minute_ago)s WHERE {mine}",
        {"I4 no hold stays open past its time"},
    ),
    "a payment that left no wallet": (
        "UPDATE purchases SET effects = replace(effects, '\"units\":7', '\"units\":8') WHERE {mine}",
        {"I6 what paid for a purchase left its wallets"},
    ),
    "a payment by an allowance that nobody gave": (
        'UPDATE purchases SET effects = replace(effects, \'"allowance":null\', \'"allowance":"all_x"\') WHERE {mine}',
        {"I7 what an allowance gave is what its sales were paid"},
    ),
    "a reward taken behind the catalogue's back": (
        "UPDATE rewards SET taken = taken + 1 WHERE {mine}",
        {"I5 what was taken of a reward is its redemptions"},
    ),
    "a count of what a limit allows changed": (
        "UPDATE tallies SET amount = amount - 1 WHERE {mine}",
        {"what limits count is what the purchases' rules gave"},
    ),
    "a last use moved": (
        "UPDATE tallies SET last_at = last_at - interval '1 hour' WHERE {mine} AND last_at IS NOT NULL",
        {"a cool-down runs from the latest use"},
    ),
    "a membership that ends later than its time": (
        "UPDATE memberships SET ends_on = ends_on + 1 WHERE {mine}",
        {MEMBERSHIP_END},
    ),
    "an entry given to a pass": (
        "UPDATE passes SET entries_left = entries_left + 1 WHERE {mine}",
        {"a pass has the entries left that its uses left"},
    ),
    "a use of a coupon that was none": (
        "UPDATE coupon_uses SET kept = true WHERE {mine}",
        {"a coupon's uses are those of the purchases"},
    ),
    "a use of a coupon that was not counted": (
        "UPDATE coupon_codes SET uses = uses - 1 WHERE {mine}",
        {"a code with a limit counts its uses"},
    ),
    "a use of a campaign that was not counted": (
        "UPDATE coupon_campaigns SET uses = uses - 1 WHERE {mine}",
        {"a campaign with a limit counts its uses"},
    ),
    "an entry in a draw that nobody got": (
        "UPDATE draw_entrants SET entries = entries + 1 WHERE {mine}",
        {"a customer has the entries in a draw that came in"},
    ),
    "entries in a draw that no rule gave": (
        "UPDATE draw_entries SET entries = entries + 1 WHERE {mine} AND source <> id",
        {"a customer has the entries in a draw that came in", "entries in draws are what the rules gave"},
    ),
    "a line that nobody wrote": (
        "INSERT INTO draw_lines SELECT tenant_id, id, 9, 9999, 'ab', 1, seed FROM prize_draws "
        "WHERE {mine} AND status = 'open'",
        {"a draw's list has every entry once"},
    ),
    "another seed": ("UPDATE prize_draws SET seed = sha256(seed) WHERE {mine} AND status = 'drawn'", {DRAWN}),
    "another winner": ("UPDATE draw_picks SET entrant = 'ab' WHERE {mine}", {DRAWN}),
    "a prize that was counted and not won": (
        "UPDATE instant_prizes SET won = won + 1 WHERE {mine}",
        {"a prize was won as often as plays won it"},
    ),
    "a play that no rule gave": (
        "UPDATE plays SET taken_back_at = given_at WHERE {mine} AND source <> id",
        {"plays are what the rules gave"},
    ),
    "another secret": ("UPDATE instant_wins SET secret = sha256(secret) WHERE {mine}", {PLAYED}),
    "a win that was kept back": (
        "UPDATE plays SET outcome = 'out_of_stock' WHERE {mine} AND outcome = 'won'",
        {PLAYED, "a prize was won as often as plays won it", "what was handed over was won"},
    ),
    "a membership without time": (
        "DELETE FROM membership_entries WHERE {mine}",
        {"a membership has time on it, given or taken back"},
    ),
}


# What only the chain of seals can tell: the sums are right, and still it is not what was written.
SEALED_CORRUPTIONS = {
    "a date changed": ("UPDATE entries SET occurred_at = occurred_at - interval '1 day' WHERE {mine}", {CHAIN}),
    "a reference changed": (
        "UPDATE entries SET reference = 'red_other' WHERE {mine} AND wallet = 'redeemed' AND unit = 'points'",
        {CHAIN},
    ),
    "a whole transaction taken away, with all that hung on it": (
        "WITH gone AS (DELETE FROM entries WHERE {mine} AND kind = 'burn' AND unit = 'points'), "
        "less AS (UPDATE wallets SET balance = balance + 30 WHERE {mine} AND unit = 'points'), "
        "drawn AS (DELETE FROM draws d USING lots l WHERE l.tenant_id = d.tenant_id AND l.id = d.lot_id "
        "AND d.tenant_id = %(tenant)s AND l.unit = 'points' RETURNING d.lot_id) "
        "UPDATE lots SET remaining = remaining + 30 WHERE {mine} AND id IN (SELECT lot_id FROM drawn)",
        {CHAIN},
    ),
    "a transaction slipped in": (
        "INSERT INTO entries (tenant_id, position, transaction_id, kind, reference, wallet, customer_id, unit, amount, "
        "occurred_at, recorded_at) OVERRIDING SYSTEM VALUE "
        "SELECT tenant_id, min(position) - forged, 'ltx_forged', 'adjustment', 'adj_forged', 'adjusted', 'cus_x', "
        "'stars', 2 * forged - 3, min(occurred_at), min(recorded_at) "
        "FROM entries, generate_series(1, 2) AS forged WHERE {mine} GROUP BY tenant_id, forged",
        {CHAIN},
    ),
    "a seal changed": ("UPDATE entry_seals SET hash = sha256(hash) WHERE {mine}", {CHAIN}),
    "a head changed": ("UPDATE ledger_heads SET hash = sha256(hash) WHERE {mine}", {CHAIN}),
}


@pytest.fixture
def corruptible(database: Database, tenant_id: TenantId) -> Shop:
    """A shop with something of everything, which need not be sound at the end."""
    shop = Shop(database, tenant_id)
    eid = CouponCampaign(shop, "EID", uses_per_code=5, uses_in_total=9, publish=False)
    Draws(shop).drawn(shop.customer(), draw="winter")
    shop.at = NOON
    Draws(shop).create()
    wheels = InstantWins(shop)
    wheel = wheels.create()
    shop.publish(
        POINT_PER_RIYAL, GYM, SWIM_TEN, ENTRY_PER_VISIT, PLAY_PER_VISIT, eid.rule(), tiers=ladder(basis="visits")
    )
    ana = shop.customer()
    (play,) = wheels.give(wheel, ana)
    wheels.play(wheel, play)
    wheels.hand_over(wheel, play)
    shop.sell(ana, line("GYM", 1, 12000))
    swims = Passes(shop, ana)
    swims.buy()
    swims.use()
    shop.award(ana, {"points": 1, "unit": "stars"})
    batches = AwardBatches(shop)
    batches.order([ana, "cus_nobody"])
    batches.give()
    shop.redeem(ana, shop.offer(30))
    shop.hold(ana, 20)
    card = shop.gift_card(7)
    eid.buy(None, "EID")
    shop.sell(None, line("TEA", 1, 7), tenders=[{"kind": "gift_card", "amount": 7, "code": card.code}])
    return shop


def corrupt(shop: Shop, settings: Settings, statement: str) -> None:
    """Change rows as the superuser, whom row-level security does not stop."""
    assert settings.admin_url is not None
    with psycopg.connect(settings.admin_url.get_secret_value(), dbname=shop.database.name) as admin:
        named = {"tenant": shop.tenant_id, "minute_ago": shop.at - timedelta(seconds=61)}
        changed = admin.execute(statement.format(mine="tenant_id = %(tenant)s"), named)
        assert changed.rowcount > 0


@pytest.mark.parametrize(("statement", "expected"), CORRUPTIONS.values(), ids=CORRUPTIONS)
def test_a_row_changed_by_hand_is_found(
    corruptible: Shop, settings: Settings, statement: str, expected: set[str]
) -> None:
    assert corruptible.breaches() == []
    corrupt(corruptible, settings, statement)
    found = corruptible.breaches()
    assert {breach.invariant for breach in found} == expected
    assert {breach.tenant_id for breach in found} == {corruptible.tenant_id}
    assert all(breach.subject and breach.detail for breach in found)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(
            "UPDATE purchases SET effects = replace(effects, '\"amount\":40', '\"amount\":41') "
            "WHERE {mine} AND status = 'edited'",
            id="effects of an edit that were not posted",
        ),
        pytest.param(
            'UPDATE returns SET let_go = \'{{"points":{{"forgiven":1,"waived":0}}}}\' '
            "WHERE {mine} AND kind = 'return'",
            id="units let go that were taken back",
        ),
        pytest.param(
            "UPDATE entries SET reference = 'ret_nothing' WHERE {mine} AND kind = 'reversal'",
            id="a change that is another's",
        ),
    ],
)
def test_of_a_changed_sale_too(database: Database, tenant_id: TenantId, settings: Settings, statement: str) -> None:
    shop = Shop(database, tenant_id)
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.edit(shop.earn(ana, 30), line("THING", 1, 4000))
    shop.take_back(shop.earn(ana, 50))
    shop.reopen(shop.void(shop.earn(ana, 7)).purchase.id)
    shop.claim(shop.sell(None).purchase.id, ana)
    assert shop.breaches() == []
    corrupt(shop, settings, statement)
    assert {breach.invariant for breach in shop.breaches()} == {"I3 a purchase accrued what its effects say, once"}


@pytest.mark.parametrize(("statement", "expected"), SEALED_CORRUPTIONS.values(), ids=SEALED_CORRUPTIONS)
def test_what_was_sealed_cannot_be_changed_unseen(
    corruptible: Shop, settings: Settings, statement: str, expected: set[str]
) -> None:
    corruptible.seal()
    assert corruptible.breaches() == []
    corrupt(corruptible, settings, statement)
    assert {breach.invariant for breach in corruptible.breaches()} == expected


def test_every_invariant_can_find_something() -> None:
    found = set().union(*(expected for _statement, expected in (CORRUPTIONS | SEALED_CORRUPTIONS).values()))
    assert found == {*INVARIANTS, DRAWN, PLAYED, MEMBERSHIP_END, TIERS, CHAIN}


def test_the_proof_goes_from_tenant_to_tenant(corruptible: Shop, settings: Settings, database: Database) -> None:
    with database.transaction() as db:
        learn_tenant(db, corruptible.tenant_id, livemode=False, currency="SAR", time_zone="Asia/Riyadh")
    corrupt(corruptible, settings, "UPDATE wallets SET held = held + 1 WHERE {mine} AND unit = 'points'")
    found = [breach for breach in breaches(database, corruptible.at) if breach.tenant_id == corruptible.tenant_id]
    assert [breach.invariant for breach in found] == ["I4 what is held is the sum of open holds"]


def test_asked_at_once_the_same_is_found(corruptible: Shop, database: Database, settings: Settings) -> None:
    with database.transaction() as db:
        learn_tenant(db, corruptible.tenant_id, livemode=False, currency="SAR", time_zone="Asia/Riyadh")
    corrupt(corruptible, settings, "UPDATE wallets SET balance = balance + 1 WHERE {mine}")
    one_by_one = corruptible.breaches()
    assert one_by_one
    assert database.pool_size > 1
    assert [one for one in breaches(database, corruptible.at) if one.tenant_id == corruptible.tenant_id] == one_by_one


def test_a_hold_has_a_minute_to_be_closed(corruptible: Shop) -> None:
    corruptible.at += timedelta(minutes=16)
    assert corruptible.breaches() == []
    corruptible.at += timedelta(seconds=1)
    assert [breach.invariant for breach in corruptible.breaches()] == ["I4 no hold stays open past its time"]
