"""How far the demo got, and what it must remember to go on: a file of the home.

Nothing depends on it but time. Without the file everything is played again from the first basket, and every answer is
the one that was given before.
"""

from collections import Counter
from typing import Final

from pydantic import BaseModel, ConfigDict

from cli.demo.baskets import Adjustment
from cli.home import Home

FILE: Final = "demo.json"


class Household(BaseModel):
    """A household as a customer: its points as the answers add up to, its redemptions, its vouchers not yet used."""

    model_config = ConfigDict(validate_assignment=False)

    customer_id: str
    points: int = 0
    redemptions: int = 0
    vouchers: list[str] = []


class Tally(BaseModel):
    """What came of the baskets, added up from the answers."""

    purchases: int = 0
    points_accrued: int = 0
    happy_points: int = 0
    milestones: int = 0
    challenges_met: int = 0
    sign_ups: int = 0
    points_burned: int = 0
    redemptions: int = 0
    free_items: int = 0
    discount_cents: int = 0
    stamps: int = 0
    vouchers_issued: int = 0
    vouchers_used: int = 0
    memberships_extended: int = 0
    passes_issued: int = 0
    draw_entries: int = 0
    adjustments: Counter[Adjustment] = Counter()
    refused: Counter[str] = Counter()


class Cursor(BaseModel):
    """The state after so many baskets: whole batches, always."""

    tenant_id: str
    baskets: int = 0
    households: dict[int, Household] = {}
    tally: Tally = Tally()

    def save(self, home: Home) -> None:
        """Keep the state."""
        home.write(FILE, self.model_dump(mode="json"))


def read_cursor(home: Home, tenant_id: str) -> Cursor:
    """Where the tenant's demo stopped; the beginning when nothing is known of it."""
    kept = home.read(FILE)
    if kept is None or kept["tenant_id"] != tenant_id:
        return Cursor(tenant_id=tenant_id)
    return Cursor.model_validate(kept)
