"""All services in this process, behind the real gateway and on real databases; events are carried by hand."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from threading import Event as Signal
from typing import Any

from chassis.data.database import Database, Role
from chassis.data.migrations import DATABASES
from chassis.events.hearing import hear
from chassis.events.letters import Letter, Listeners, open_letter
from chassis.events.replay import archived, message_of
from chassis.settings import Settings
from chassis.web.internal_client import InternalClient
from cli.listeners import listeners_of
from gateway.app import create_app as create_gateway
from gateway.settings import GatewaySettings
from kernel.clock import utc_now
from services.customers.app import create_app as create_customers
from services.customers.settings import CustomersSettings
from services.loyalty.app import create_app as create_loyalty
from services.loyalty.settings import LoyaltySettings
from services.notifications.app import create_app as create_notifications
from services.notifications.operations.deliver_message import Post
from services.notifications.operations.deliver_messages import deliver_messages
from services.notifications.operations.send_email import MailServer
from services.notifications.settings import NotificationsSettings
from services.retention.app import create_app as create_retention
from services.retention.settings import RetentionSettings
from tests.gateway.servers import served
from tests.services.notifications.mailbox import Mailbox, open_mail_server
from tests.support.calling import event_loop
from tests.support.databases import FreshDatabases

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass
class House:
    """A running system. Its tenants, not its tests, are kept apart: each test makes one of its own."""

    url: str
    settings: Settings
    fresh: FreshDatabases
    mailbox: Mailbox
    post: Post
    opened: dict[tuple[str, Role], Database] = field(default_factory=dict)

    def database(self, service: str, role: Role = "app") -> Database:
        """A service's database, in that role."""
        if (service, role) not in self.opened:
            self.opened[service, role] = self.fresh(service, role)
        return self.opened[service, role]

    def carry_events(self, tenant_id: str) -> None:
        """Let every service hear what the others told about a tenant since the last time."""
        for publisher, consumer in product(DATABASES, DATABASES):
            listeners = listeners_of(consumer)
            hear(self.database(consumer), listeners, self._letters(publisher, listeners, tenant_id), Signal())

    def _letters(self, publisher: str, listeners: Listeners, tenant_id: str) -> list[Letter]:
        outbox = self.database(publisher, "relay")
        told = archived(outbox, listeners, since=LONG_AGO, until=FAR_AHEAD, tenant_id=tenant_id)
        letters = [open_letter(message_of(row), listeners) for rows in told for row in rows]
        return [letter for letter in letters if letter is not None]

    def send_mail(self) -> None:
        """Let notifications send all that is due."""
        while deliver_messages(self.database("notifications"), self.post, utc_now, lambda: False):
            pass


@contextmanager
def open_house(settings: Settings) -> Iterator[House]:
    """Start everything, on databases of its own."""
    fresh = FreshDatabases(settings)
    mailbox = Mailbox()
    with ExitStack() as running:
        running.callback(fresh.drop)

        def start(app: Any, service: str) -> str:
            app.state.database = fresh(service)
            return f"http://127.0.0.1:{running.enter_context(served(app))}"

        mail_server = event_loop().call(open_mail_server, mailbox)
        running.callback(event_loop().call, mail_server.close)
        shared = settings.model_dump(exclude={"port"})
        shared["customers_url"] = start(create_customers(CustomersSettings(**shared)), "customers")
        shared["loyalty_url"] = start(create_loyalty(LoyaltySettings(**shared)), "loyalty")
        notifications = NotificationsSettings(
            **shared, smtp_port=mail_server.sockets[0].getsockname()[1], smtp_from="shop@example.com"
        )
        shared["notifications_url"] = start(create_notifications(notifications), "notifications")
        shared["retention_url"] = start(create_retention(RetentionSettings(**shared)), "retention")
        gateway = create_gateway(GatewaySettings(**shared), fresh("gateway"))
        customers = InternalClient(notifications, notifications.customers_url)
        server = MailServer(notifications.smtp_host, notifications.smtp_port, notifications.smtp_from)
        running.callback(customers.close)
        running.callback(server.disconnect)
        url = f"http://127.0.0.1:{running.enter_context(served(gateway))}"
        yield House(url, settings, fresh, mailbox, Post(customers, server))
