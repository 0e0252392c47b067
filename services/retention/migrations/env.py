"""Alembic's door to the retention database."""

from chassis.data.migrations import run_migrations
from services.retention.tables import Base

run_migrations(Base.metadata)
