"""The notifications service's other process: it hears what happened, and sends."""

from threading import Event

from chassis.data.database import Database
from chassis.worker import Work, run_worker
from services.notifications.listeners import LISTENERS
from services.notifications.schedules import send_messages
from services.notifications.settings import NotificationsSettings


def work_of(settings: NotificationsSettings) -> Work:
    """Its work: to hear, and to send."""

    def sender(stop: Event) -> None:
        """On a connection of its own."""
        database = Database(settings, "notifications", pool_size=1)
        try:
            send_messages(database, settings, stop)
        finally:
            database.dispose()

    return Work(settings, "notifications", LISTENERS, tasks=[sender])


if __name__ == "__main__":
    run_worker(work_of(NotificationsSettings()))
