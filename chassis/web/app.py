"""A service's HTTP application: problems, records, health, metrics."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import anyio
import anyio.to_thread
from fastapi import APIRouter, FastAPI, Request
from sqlalchemy import text
from starlette.responses import JSONResponse
from starlette.routing import Route

from chassis.data.database import Database
from chassis.logging import log
from chassis.metrics import metrics
from chassis.settings import Settings
from chassis.web.hot_routes import HotRoute
from chassis.web.openapi import DescribedApp, operation_id
from chassis.web.plain_http import BodyLimit, HeadAsGet
from chassis.web.problem_responses import install_problem_handlers
from chassis.web.requests import RequestRecords

VERSION = "0.1.0"
BODY_BYTES_MAX = 1 << 20
CONNECTIONS_MAX = 8


def create_service_app(
    settings: Settings,
    service: str,
    description: str,
    routers: Sequence[APIRouter],
    *,
    hot_routes: Sequence[HotRoute] = (),
    pages: Callable[[FastAPI], Sequence[Route]] = lambda _app: (),
) -> FastAPI:
    """The application of one service, on its own database as the role `app`.

    Hot routes are answered ahead of FastAPI's machinery; pages come before its other routes.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        log.info("ready to serve", service=service)
        yield
        app.state.database.dispose()

    app = DescribedApp(
        title=f"Wafa {service}",
        version=VERSION,
        description=description,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        generate_unique_id_function=operation_id,
    )
    app.state.service = service
    app.state.settings = settings
    app.state.database = Database(settings, service, pool_size=CONNECTIONS_MAX)
    app.state.connections = anyio.CapacityLimiter(CONNECTIONS_MAX)
    install_problem_handlers(app)
    app.be_quick_at(hot_routes)
    first = [*pages(app), *health_routes()]
    for router in routers:
        app.include_router(router)
    app.router.routes[:0] = first
    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimit, bytes_max=BODY_BYTES_MAX)
    app.add_middleware(RequestRecords, service=service)
    return app


def health_routes() -> list[Route]:
    """`/livez` says the process runs; `/readyz` that its database answers; `/metrics` and `/version` what they say."""
    return [
        Route("/livez", livez),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        Route("/version", version),
    ]


async def livez(_request: Request) -> JSONResponse:
    """Alive, whatever the database does."""
    return JSONResponse({"status": "alive"})


async def version(_request: Request) -> JSONResponse:
    """Which release this is."""
    return JSONResponse({"version": VERSION})


async def readyz(request: Request) -> JSONResponse:
    """Ready when the database answers and has been migrated."""
    ready = await anyio.to_thread.run_sync(is_migrated, request.app.state.database)
    return JSONResponse({"status": "ready" if ready else "not ready"}, 200 if ready else 503)


def is_migrated(database: Database) -> bool:
    """Whether the database answers and knows a revision."""
    try:
        with database.engine.connect() as connection:
            return connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
        log.warning("not ready", reason=type(error).__name__)
        return False
