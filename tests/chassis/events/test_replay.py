"""A service that lost its data hears the archive, and nobody is written to again."""

from datetime import timedelta
from threading import Event

from sqlalchemy.orm import Session

from chassis.events.letters import Hearing
from chassis.events.relay import ARCHIVE_DAYS
from chassis.events.replay import replay
from kernel.clock import utc_now
from tests.chassis.events.world import Noted, World, note
from tests.support.waiting import eventually


def test_an_emptied_service_is_rebuilt_from_its_publishers_archive(world: World) -> None:
    hearings: list[Hearing] = []

    def listen_closely(db: Session, event: Noted, hearing: Hearing) -> None:
        hearings.append(hearing)
        note(db, event, hearing)

    began = utc_now() - timedelta(minutes=1)
    with world.relaying(), world.listening():
        for number in range(30):
            world.publish("cus_1", number)
            world.publish("cus_2", number, number)
        eventually(lambda: world.count_notes() == 90)
    before = world.notes()
    world.change(world.desk, "TRUNCATE notes, inbox")

    def rebuild() -> int:
        return replay(
            world.database(world.shop, "relay"),
            world.database(world.desk),
            {world.Noted: listen_closely},
            since=began,
            until=utc_now() + timedelta(minutes=1),
            stop=Event(),
            tenant_id=world.tenant,
        )

    assert rebuild() == 90
    assert world.notes() == before
    assert [hearing.replaying for hearing in hearings] == [True] * 90
    assert rebuild() == 90, "shown again"
    assert len(hearings) == 90, "and heard no more"
    with world.relaying(), world.listening():
        world.publish("cus_1", 30)
        eventually(lambda: world.count_notes() == 91)


def test_a_replay_keeps_to_its_time_and_tenant(world: World) -> None:
    world.publish("cus_1", 1, 2)
    archive, desk = world.database(world.shop, "relay"), world.database(world.desk)
    hour = timedelta(hours=1)
    now = utc_now()

    def shown(since: timedelta, until: timedelta, tenant_id: str) -> int:
        listeners = {world.Noted: note}
        return replay(archive, desk, listeners, since=now + since, until=now + until, stop=Event(), tenant_id=tenant_id)

    assert shown(-2 * hour, -hour, world.tenant) == 0
    assert shown(-hour, hour, "ten_other") == 0
    assert shown(-hour, hour, world.tenant) == 2
    assert world.notes() == {"cus_1": [1, 2]}


def test_a_replay_reaches_no_further_back_than_inboxes_remember(world: World) -> None:
    world.publish("cus_1", 1, 2)
    long_ago = utc_now() - timedelta(days=ARCHIVE_DAYS, minutes=1)
    world.change(world.shop, f"UPDATE outbox SET created_at = '{long_ago.isoformat()}' WHERE position = 1")
    shown = replay(
        world.database(world.shop, "relay"),
        world.database(world.desk),
        {world.Noted: note},
        since=long_ago - timedelta(days=1),
        until=utc_now() + timedelta(hours=1),
        stop=Event(),
    )
    assert shown == 1
