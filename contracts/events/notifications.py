"""What notifications tells: what became of its messages. No event carries an address or a text.

`kind` is what a message was about, a word such as `purchase` or `tier` (docs/notifications.md lists today's). It is
open on purpose: a new kind of message is no new version of these events; readers pass over kinds they do not know.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from contracts.event import Event
from kernel.ids import CustomerId

MessageKind = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,64}$")]


class MessageSent(Event):
    """A mail server took the message over. Whether it was read is another matter."""

    event_type: ClassVar[str] = "notifications.message_sent.v1"

    customer_id: CustomerId
    message_id: str
    kind: MessageKind
    channel: Literal["email"]


class MessageFailed(Event):
    """The message was refused for good, given up after a day of trying, or nobody can say whether it arrived.

    `lost` tells the last apart: such a message is not sent again by itself. Should the mail server's late answer still
    come, MessageSent follows.
    """

    event_type: ClassVar[str] = "notifications.message_failed.v1"

    customer_id: CustomerId
    message_id: str
    kind: MessageKind
    channel: Literal["email"]
    reason: str
    lost: bool
