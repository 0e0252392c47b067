"""Alembic's door to the notifications database."""

from chassis.data.migrations import run_migrations
from services.notifications.tables import Base

run_migrations(Base.metadata)
