"""Sending goes on by itself."""

from threading import Event, Thread

from chassis.data.database import Database
from kernel.ids import TenantId
from services.notifications.schedules import send_messages
from services.notifications.settings import NotificationsSettings
from tests.services.notifications.mailbox import Mailbox
from tests.services.notifications.people import People
from tests.services.notifications.telling import bought, created, points, tell
from tests.support.waiting import eventually


def test_what_is_heard_is_sent_until_told_to_stop(
    database: Database,
    bakery: TenantId,
    notifications_settings: NotificationsSettings,
    mailbox: Mailbox,
    people: People,
) -> None:
    stop = Event()
    sender = Thread(target=send_messages, args=(database, notifications_settings, stop))
    sender.start()
    try:
        sara = people.create(bakery, email="sara@example.com")
        tell(database, created(bakery, sara))
        eventually(lambda: len(mailbox.emails) == 1)
        tell(database, bought(bakery, sara, points(35)))
        eventually(lambda: len(mailbox.emails) == 2)
    finally:
        stop.set()
        sender.join(timeout=10)
    assert not sender.is_alive()
