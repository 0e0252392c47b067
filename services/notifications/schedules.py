"""Door 3, the clock: sending goes on all the time."""

from threading import Event

from chassis.data.database import Database
from chassis.web.internal_client import InternalClient
from kernel.clock import utc_now
from services.notifications.operations.deliver_message import Post
from services.notifications.operations.deliver_messages import deliver_messages
from services.notifications.operations.send_email import MailServer
from services.notifications.settings import NotificationsSettings

LOOK_SECONDS = 0.5


def send_messages(database: Database, settings: NotificationsSettings, stop: Event) -> None:
    """Send what is due, look again half a second after nothing was, until told to stop."""
    mail_server = MailServer(settings.smtp_host, settings.smtp_port, settings.smtp_from)
    post = Post(InternalClient(settings, settings.customers_url), mail_server)
    try:
        while not stop.is_set():
            if not deliver_messages(database, post, utc_now, stop.is_set):
                mail_server.disconnect()
                stop.wait(LOOK_SECONDS)
    finally:
        mail_server.disconnect()
        post.customers.close()
