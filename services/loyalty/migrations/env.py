"""Alembic's door to the loyalty database."""

from chassis.data.migrations import run_migrations
from services.loyalty.tables import Base

run_migrations(Base.metadata)
