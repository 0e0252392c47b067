"""What the notifications service can be told from outside, beside what every process can."""

from chassis.settings import Settings


class NotificationsSettings(Settings):
    """The mail server that takes our e-mail, and the address it comes from; the tenant's name stands before it."""

    port: int = 8103
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_from: str = "messages@wafa.localhost"
