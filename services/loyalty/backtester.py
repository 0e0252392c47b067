"""A process that plays the backtests that wait, and ends: `python -m services.loyalty.backtester`.

The worker starts as many as there are processors, so that neither sales nor the work of the clock wait for them.
"""

import os

from chassis.data.database import Database
from chassis.logging import configure_logging
from services.loyalty.schedules import backtests_waiting, play_backtest
from services.loyalty.settings import LoyaltySettings


def main() -> None:
    """Play everything that waits; stop early when whoever started this is gone."""
    settings = LoyaltySettings()
    configure_logging(settings.log_level, "loyalty-backtester")
    database = Database(settings, "loyalty", pool_size=1)
    starter = os.getppid()

    def orphaned() -> bool:
        return os.getppid() != starter

    for tenant_id, backtest_id in backtests_waiting(database):
        play_backtest(database, tenant_id, backtest_id, orphaned)
    database.dispose()


if __name__ == "__main__":
    main()
