"""The rows of the retention database."""

from services.retention.tables.base import Base
from services.retention.tables.customers import CustomerRow
from services.retention.tables.visits import ReturnRow, VisitRow

__all__ = ["Base", "CustomerRow", "ReturnRow", "VisitRow"]
