"""Whether what rules name is there."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.named import Named, Thing

# Tiers are the program's own: what it does not have is nowhere.
KNOWN: dict[Thing, str] = {
    "coupon_campaign": "SELECT id FROM coupon_campaigns WHERE tenant_id = :tenant_id AND id = ANY (:names)",
    "draw": """
        SELECT draw FROM prize_draws
        WHERE tenant_id = :tenant_id AND draw = ANY (:names) AND status <> 'cancelled'
    """,
    "instant_win": """
        SELECT instant_win FROM instant_wins
        WHERE tenant_id = :tenant_id AND instant_win = ANY (:names) AND status <> 'stopped'
    """,
    "plan": "SELECT plan FROM memberships WHERE tenant_id = :tenant_id AND plan = ANY (:names)",
    "segment": """
        SELECT name FROM unnest(CAST(:names AS text[])) AS name
        WHERE EXISTS (SELECT FROM customers WHERE tenant_id = :tenant_id AND name = ANY (segments))
    """,
}


def missing(db: Session, tenant_id: TenantId, named: Iterable[Named]) -> list[Named]:
    """Those of which the tenant has no such thing. A plan is one somebody has or had, a segment has somebody in it."""
    wanted = list(named)
    names: dict[Thing, set[str]] = defaultdict(set)
    for each in wanted:
        names[each.thing].add(each.name)
    known: dict[Thing, set[str]] = {
        thing: set(db.scalars(text(KNOWN[thing]), {"tenant_id": tenant_id, "names": sorted(some)}))
        for thing, some in names.items()
        if thing in KNOWN
    }
    return [each for each in wanted if each.name not in known.get(each.thing, ())]
