"""Alembic's entry."""

from chassis.data.migrations import run_migrations
from services.customers.tables import consents, customers, name_words  # noqa: F401 - imported to be described
from services.customers.tables.base import Base

run_migrations(Base.metadata)
