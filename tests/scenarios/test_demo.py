"""The demo's baskets, played through the real gateway: again, in pieces, without its cursor, with the same outcome."""

from itertools import islice

import pytest
from sqlalchemy import text

from chassis.data.migrations import DATABASES
from cli.demo.cursor import Cursor
from cli.demo.door import Door
from cli.demo.figures import read_figures
from cli.demo.player import BATCH, Player
from cli.demo.program import REWARD_PRICE
from cli.demo.shop import Shop, open_shop
from cli.demo.source import Source, find_source
from tests.scenarios.story import Story

pytestmark = pytest.mark.timeout(600)

COUNTS = {
    "customers": ("customers",),
    "loyalty": (
        "activities",
        "draw_entries",
        "entries",
        "membership_entries",
        "passes",
        "prize_draws",
        "programs",
        "purchases",
        "redemptions",
        "rewards",
        "vouchers",
    ),
}


@pytest.fixture(scope="module")
def source() -> Source:
    """The installed data."""
    pytest.importorskip("pyarrow")
    return find_source()


class Demo:
    """The demo on a story's tenant."""

    def __init__(self, story: Story, source: Source) -> None:
        self.story = story
        self.source = source
        self.products = source.products()
        self.coupon_days = source.coupon_days()
        self.door = Door(story.client)

    def shop(self) -> Shop:
        """The shop, opened if it is not."""
        return open_shop(self.door)

    def play(self, cursor: Cursor, until: int) -> Cursor:
        """Play on from the cursor; returns the cursor after the last whole batch."""
        player = Player(self.door, self.shop(), self.products, self.coupon_days, cursor)
        rest = islice(self.source.baskets(), cursor.baskets, until)
        while batch := list(islice(rest, BATCH)):
            before = cursor.model_copy(deep=True)
            player.play(batch)
            cursor.baskets += len(batch)
            if len(batch) < BATCH:
                return before
        return cursor

    def books(self) -> dict[str, int]:
        """How many rows the tenant has in each table."""
        rows: dict[str, int] = {}
        for service, tables in COUNTS.items():
            with self.story.house.database(service).transaction(self.story.tenant_id) as db:
                for table in tables:
                    rows[table] = db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        return rows

    def sum_of(self, column: str, table: str, where: str = "true") -> int:
        """What a column of loyalty's adds up to."""
        with self.story.house.database("loyalty").transaction(self.story.tenant_id) as db:
            return int(db.execute(text(f"SELECT coalesce(sum({column}), 0) FROM {table} WHERE {where}")).scalar_one())


def test_playing_again_changes_nothing(story: Story, source: Source) -> None:
    demo = Demo(story, source)
    first = demo.play(Cursor(tenant_id=story.tenant_id), 3 * BATCH)
    books = demo.books()
    tally = first.tally
    assert (tally.purchases, dict(tally.refused)) == (books["purchases"], {})
    assert tally.points_burned == tally.redemptions * REWARD_PRICE > 0
    assert all((tally.free_items, tally.stamps, tally.vouchers_issued, tally.vouchers_used, tally.memberships_extended))
    assert all((tally.happy_points, tally.milestones, tally.challenges_met, tally.sign_ups, tally.passes_issued))
    assert (tally.sign_ups, tally.passes_issued) == (books["activities"], books["passes"])
    assert tally.draw_entries == demo.sum_of("entries", "draw_entries") > 0
    assert tally.points_accrued - tally.points_burned == demo.sum_of("amount", "entries", "wallet = 'customer'")
    for household in list(first.households.values())[:20]:
        assert demo.door.get(f"/v1/customers/{household.customer_id}/balance")["available"] == household.points

    again = demo.play(Cursor(tenant_id=story.tenant_id), 3 * BATCH)

    assert again == first
    assert demo.books() == books


def test_playing_in_pieces_comes_to_the_same(story: Story, source: Source) -> None:
    demo = Demo(story, source)
    cut_short = demo.play(Cursor(tenant_id=story.tenant_id), BATCH + 70)
    in_pieces = demo.play(cut_short, 2 * BATCH)
    books = demo.books()

    at_once = demo.play(Cursor(tenant_id=story.tenant_id), 2 * BATCH)

    assert at_once == in_pieces
    assert demo.books() == books


def test_the_figures_are_settled_when_all_events_have_arrived(story: Story, source: Source) -> None:
    demo = Demo(story, source)
    demo.play(Cursor(tenant_id=story.tenant_id), BATCH)

    databases = [story.house.database(service) for service in DATABASES]
    before = read_figures(databases, story.tenant_id)
    story.house.carry_events(story.tenant_id)
    after = read_figures(databases, story.tenant_id)

    assert (before.consumed, before.to_consume > BATCH) == (0, True)
    assert (after.to_consume, after.parked) == (0, 0)
