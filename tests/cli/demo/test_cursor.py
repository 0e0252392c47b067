"""The cursor is what was saved, for the tenant it was saved for."""

from pathlib import Path

from cli.demo.baskets import Adjustment
from cli.demo.cursor import Cursor, Household, read_cursor
from cli.home import Home


def test_what_was_saved_is_read(tmp_path: Path) -> None:
    cursor = Cursor(tenant_id="ten_1", baskets=250)
    cursor.households[7] = Household(customer_id="cus_1", points=12, redemptions=1, vouchers=["FIVE"])
    cursor.tally.adjustments[Adjustment.METER_READING] += 3
    cursor.tally.refused["customer_blocked"] += 1

    cursor.save(Home(tmp_path))

    assert read_cursor(Home(tmp_path), "ten_1") == cursor


def test_nothing_saved_is_the_beginning(tmp_path: Path) -> None:
    assert read_cursor(Home(tmp_path), "ten_1") == Cursor(tenant_id="ten_1")


def test_another_tenants_cursor_is_the_beginning(tmp_path: Path) -> None:
    Cursor(tenant_id="ten_1", baskets=250).save(Home(tmp_path))

    assert read_cursor(Home(tmp_path), "ten_2") == Cursor(tenant_id="ten_2")


def test_two_cursors_share_nothing() -> None:
    Cursor(tenant_id="ten_1").tally.adjustments[Adjustment.METER_READING] += 1

    assert not Cursor(tenant_id="ten_1").tally.adjustments
