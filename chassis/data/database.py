"""One service's database, and transactions that see only the tenants they are opened for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.orm import Session

from chassis.data.pipelines import Connection, Pipeline, pipeline
from chassis.settings import Settings

Role = Literal["app", "owner", "relay"]

# A request that waits longer than this for a lock or an answer is better refused and tried again.
CONNECTION_OPTIONS = "-c timezone=UTC -c jit=off -c lock_timeout=5s -c statement_timeout=30s"
SEE_ONLY = "SELECT set_config('wafa.tenants', %b::text, true)"
# A statement over arrays would be planned anew for each number of rows, which takes longer than to carry it out.
SEE_ONLY_AND_PLAN_ONCE = (
    "SELECT set_config('wafa.tenants', %b::text, true), set_config('plan_cache_mode', 'force_generic_plan', true)"
)


def database_name(service: str) -> str:
    """A service's database: `wafa_loyalty` for loyalty."""
    return f"wafa_{service}"


class Database:
    """A pool of connections to one service's database in one role.

    `app` is what services run as: row-level security holds for it. `relay` may only read and mark the outbox.
    `owner` owns the tables and runs migrations; row-level security is forced on it too.
    """

    def __init__(
        self, settings: Settings, service: str, role: Role = "app", pool_size: int = 4, name: str | None = None
    ) -> None:
        self.settings = settings
        self.service = service
        self.role = role
        self.pool_size = pool_size
        self.name = name or database_name(service)

    @property
    def url(self) -> URL:
        """Where it is, password included: for the driver, never for a log."""
        password = {
            "app": self.settings.app_password,
            "owner": self.settings.owner_password,
            "relay": self.settings.relay_password,
        }[self.role]
        return URL.create(
            "postgresql+psycopg",
            username=f"wafa_{self.role}",
            password=password.get_secret_value(),
            host=self.settings.database_host,
            port=self.settings.database_port,
            database=self.name,
        )

    @cached_property
    def engine(self) -> Engine:
        """The pool, made when first needed."""
        engine = create_engine(
            self.url,
            pool_size=self.pool_size,
            max_overflow=0,
            # The one used last is used next: what the others have not been asked, their server processes need not keep.
            pool_use_lifo=True,
            hide_parameters=True,
            pool_timeout=10,
            connect_args={
                "options": CONNECTION_OPTIONS,
                "connect_timeout": 5,
                "application_name": f"wafa-{self.service}",
            },
        )
        event.listen(engine, "do_connect", connected)
        return engine

    @contextmanager
    def transaction(self, *tenants: str) -> Iterator[Session]:
        """A transaction over these tenants' rows; no tenant named, no row seen. Commits unless the block raises."""
        with self.blind_transaction() as session:
            see_only(session, *tenants)
            yield session

    @contextmanager
    def blind_transaction(self) -> Iterator[Session]:
        """One that sees no tenant's rows until its first pipeline says whose: that saves it a round trip."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close the pool's connections."""
        self.engine.dispose()


def connected(_dialect: Any, _record: Any, arguments: Sequence[Any], named: Mapping[str, Any]) -> Connection:
    """A new connection for a pool: one that pipelines know how to use."""
    return Connection.connect(*arguments, **named)


def see_only(session: Session, *tenants: str) -> None:
    """Narrow the transaction to these tenants' rows, until it ends."""
    with pipeline(session) as sending:
        sending.send(SEE_ONLY, [",".join(tenants)])


def narrow(sending: Pipeline, tenants: Iterable[str]) -> None:
    """The same as a part of a pipeline, in a transaction whose statements find their rows by keys given in arrays."""
    sending.send(SEE_ONLY_AND_PLAN_ONCE, [",".join(tenants)])
