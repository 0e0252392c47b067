"""The rows of the notifications database."""

from services.notifications.tables.base import Base
from services.notifications.tables.businesses import BusinessRow
from services.notifications.tables.customers import CustomerRow
from services.notifications.tables.messages import MessageRow

__all__ = ["Base", "BusinessRow", "CustomerRow", "MessageRow"]
