"""Something given for something other than a purchase: once, within the caps, under the program's terms."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import time_machine

from contracts.events.loyalty import PointsAccrued, VoucherIssued
from kernel.ids import CustomerId
from services.loyalty.domain.effects import IssueVoucher
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.shop import FREE_COFFEE, NOON, POINT_PER_RIYAL, Shop, later

COFFEE = {**FREE_COFFEE, "valid_days": 1}


def test_units_become_a_lot_of_their_rule_and_a_voucher_comes(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending_days=1, expiry={"kind": "rolling", "days": 1})
    ana = shop.customer()
    given = shop.award(ana, {"points": 50, "reward": COFFEE})
    (award,) = shop.rows("SELECT * FROM awards")
    (lot,) = shop.rows("SELECT id, reference, rule, amount, earned_at, spendable_at, expires_at FROM lots")
    assert lot == {
        "id": f"lot_{award['id'].removeprefix('awd_')}_1",
        "reference": "act_1",
        "rule": "earn",
        "amount": 50,
        "earned_at": NOON,
        "spendable_at": later(days=1),
        "expires_at": later(days=2, hours=12),
    }
    entries = shop.rows("SELECT kind, wallet, reference, amount FROM entries ORDER BY amount")
    assert entries == [
        {"kind": "accrual", "wallet": "issued", "reference": "act_1", "amount": -50},
        {"kind": "accrual", "wallet": "customer", "reference": "act_1", "amount": 50},
    ]
    (voucher,) = shop.rows("SELECT id, code, customer_id, card, source, valid_until FROM vouchers")
    (issued,) = [effect for effect in given.effects if isinstance(effect, IssueVoucher)]
    until = later(days=1, hours=12)
    assert voucher == {
        "id": award["voucher_id"],
        "code": issued.code,
        "customer_id": ana,
        "card": None,
        "source": "act_1",
        "valid_until": until,
    }
    assert given.facts == (
        PointsAccrued(unit="points", amount=50, spendable_at=later(days=1), expires_at=later(days=2, hours=12)),
        VoucherIssued(voucher_id=award["voucher_id"], reward_name=NAME, expires_at=until),
    )


def test_the_same_again_gives_nothing(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    award = {"points": 50, "reward": COFFEE}
    shop.award(ana, award)
    before = shop.everything()
    assert shop.award(ana, award).effects == ()
    assert shop.everything() == before
    shop.award(ana, award, source="act_2")
    shop.award(ana, award, rule="other")
    shop.award(shop.customer(), award)
    assert shop.points(ana) == (150, 150)


def test_of_two_who_give_at_once_one_does(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()

    def give(_turn: int) -> int:
        return len(shop.award(ana, {"points": 50}).effects)

    with ThreadPoolExecutor(4) as givers:
        assert sorted(givers.map(give, range(8))) == [0] * 7 + [1]
    assert shop.points(ana) == (50, 50)


def test_an_award_fills_what_room_there_is(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, balance_max=100)
    ana = shop.customer()
    shop.earn(ana, 70)
    assert [effect.amount for effect in shop.award(ana, {"points": 50}).effects] == [30]  # type: ignore[union-attr]
    assert shop.award(ana, {"points": 50}, source="act_2").effects == ()
    assert shop.points(ana) == (100, 100)
    assert [row["units"] for row in shop.rows("SELECT units FROM awards ORDER BY source")] == [30, 0]


def test_what_is_awarded_counts_towards_the_cap_of_its_period(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, period_max=100)
    ana = shop.customer()
    shop.award(ana, {"points": 80})
    shop.earn(ana, 50)
    assert shop.points(ana) == (100, 100)


def test_an_award_pays_a_debt_first_and_another_unit_has_its_own_wallet(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 30)
    shop.redeem(ana, shop.offer(30))
    shop.take_back(sold)
    shop.award(ana, {"points": 50})
    shop.award(ana, {"points": 7, "unit": "miles"}, source="act_2")
    assert shop.points(ana) == (20, 20)
    assert shop.rows("SELECT balance FROM wallets WHERE unit = 'miles'") == [{"balance": 7}]


def test_the_customer_reads_which_rule_gave_it(client: httpx.Client, shop: Shop) -> None:
    program_id, version = shop.publish(POINT_PER_RIYAL)
    ana: CustomerId = shop.customer()
    shop.award(ana, {"points": 50})
    with time_machine.travel(NOON):
        (lot,) = client.get(f"/v1/customers/{ana}/balance/explain").json()["data"]
    made_by = lot["made_by"]
    assert (made_by["reference"], made_by["rule"], made_by["rule_name"]) == ("act_1", "earn", "Rule")
    assert (made_by["program_id"], made_by["program_version"]) == (program_id, version)
