"""What a run does before its services start: migrations, and the first tenant. `python -m cli.prepare`."""

from chassis.settings import Settings
from cli.first_tenant import ensure_first_tenant
from cli.home import Home
from cli.migrate import migrate_all
from kernel.clock import utc_now

if __name__ == "__main__":
    settings = Settings()
    migrate_all(settings, print)
    ensure_first_tenant(Home.here(), settings, at=utc_now())
