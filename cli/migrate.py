"""`wafa migrate`: roles, databases, and every service's migrations."""

from collections.abc import Callable

from chassis.data.migrations import DATABASES, bootstrap, migrate
from chassis.settings import Settings


def migrate_all(settings: Settings, tell: Callable[[str], None]) -> None:
    """Bring every database to its newest revision. Makes missing roles and databases when it is told of a superuser."""
    if settings.admin_url is not None:
        bootstrap(settings)
    for service in DATABASES:
        migrate(settings, service)
        tell(f"{service} is up to date")
