"""Alembic starts here."""

from chassis.data.migrations import run_migrations
from gateway.tables import api_keys, tenants  # noqa: F401 - importing a table describes it
from gateway.tables.base import Base

run_migrations(Base.metadata)
