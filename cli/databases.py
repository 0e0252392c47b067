"""How a command reaches the databases: those of the home's run, or those the environment names."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from chassis.data.database import Database, Role
from chassis.settings import Settings
from cli.environment import use_home
from cli.home import CommandFailed, Home


def settings_here() -> Settings:
    """The settings of the run in this home, else the environment's. Raises CommandFailed when there are none."""
    home = Home.here()
    use_home(home)
    try:
        return Settings()
    except ValidationError as error:
        missing = ", ".join(f"WAFA_{str(each['loc'][0]).upper()}" for each in error.errors())
        raise CommandFailed(f"There is no run at {home.path} (wafa up starts one), and no {missing} is set.") from error


@contextmanager
def open_database(settings: Settings, service: str, role: Role = "app", connections: int = 1) -> Iterator[Database]:
    """One service's database for the block. Raises CommandFailed when no server answers."""
    database = Database(settings, service, role, pool_size=connections)
    try:
        yield database
    except OperationalError as error:
        where = f"{settings.database_host}:{settings.database_port}"
        raise CommandFailed(f"The database at {where} does not answer: {' '.join(str(error.orig).split())}") from error
    finally:
        database.dispose()
