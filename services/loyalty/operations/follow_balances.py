"""Finding who has enough for a reward that is taken by itself. Source: docs/rules/automatic-rewards.md."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.operations.redeem_automatically import redeem_automatically
from services.loyalty.queries.automatic import end_of_stretch, next_gain, next_holder, next_waiting
from services.loyalty.queries.rewards import find_reward, offer_of
from services.loyalty.queries.sealed import head_of
from services.loyalty.tables.automatic import AutomaticPlaceRow

NOBODY = CustomerId("")
# So many entries of the ledger are looked through at once.
ENTRIES_MAX = 10_000


def follow_balances(db: Session, tenant_id: TenantId, reward_id: str, *, at: datetime) -> int:
    """Take the next step with a reward: look at one customer at most; 0 when there is nothing more to do now.

    Who waits comes first. A new offer, or one that was changed, is looked at for everybody who has enough; after that
    only for those whose wallet something came into, as the sealed ledger says: no entry comes late before its seals.
    While nobody can take the reward, it stays where it is. Raises RewardUnknown.
    """
    place = locked_place(db, tenant_id, reward_id)
    reward = find_reward(db, tenant_id, reward_id)
    offer = offer_of(reward)
    if offer.automatic is None:
        return 0
    head = head_of(db, tenant_id)
    sealed = head.position if head else 0
    if place.version != reward.version:
        place.version, place.after, place.position = reward.version, NOBODY, sealed
    least = offer.cheapest + offer.automatic.leave
    waiting = next_waiting(db, tenant_id, reward_id, at)
    if waiting is not None:
        return redeem_automatically(db, tenant_id, waiting, reward_id, at=at)
    if place.after is not None:
        holder = next_holder(db, tenant_id, offer, least, after=place.after)
        if holder is None or redeem_automatically(db, tenant_id, holder, reward_id, at=at):
            place.after = holder
            return 1
        return 0
    if sealed <= place.position:
        return 0
    until = end_of_stretch(db, tenant_id, after=place.position, until=sealed, limit=ENTRIES_MAX)
    gain = next_gain(db, tenant_id, offer, least, after=place.position, until=until)
    if gain is None or redeem_automatically(db, tenant_id, gain.customer_id, reward_id, at=at):
        place.position = gain.position if gain else until
        return 1
    return 0


def locked_place(db: Session, tenant_id: TenantId, reward_id: str) -> AutomaticPlaceRow:
    """How far the job has come with the reward: one process goes on from there at a time."""
    named = {"tenant_id": tenant_id, "reward_id": reward_id}
    first = insert(AutomaticPlaceRow).values(**named, version=0, after=NOBODY, position=0)
    db.execute(first.on_conflict_do_nothing())
    return db.get_one(AutomaticPlaceRow, named, with_for_update=True, populate_existing=True)
