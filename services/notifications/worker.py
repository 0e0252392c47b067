"""The notifications service's other process: it hears what happened, and sends."""

from threading import Event

from chassis.data.database import Database
from chassis.worker import run_worker
from services.notifications.listeners import LISTENERS
from services.notifications.schedules import send_messages
from services.notifications.settings import NotificationsSettings

if __name__ == "__main__":
    settings = NotificationsSettings()
    database = Database(settings, "notifications", pool_size=1)

    def sender(stop: Event) -> None:
        """Sending, as a task of the worker."""
        send_messages(database, settings, stop)

    run_worker(settings, "notifications", LISTENERS, tasks=[sender])
    database.dispose()
