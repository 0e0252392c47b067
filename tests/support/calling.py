"""Calling a service's application in the process of the test, as the gateway would on behalf of an API key.

Give the application the test's own database first: `app.state.database = databases("customers")`.
"""

import atexit
from collections.abc import Iterable
from functools import cache

import httpx
import structlog
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.types import ASGIApp

from chassis.settings import Settings
from contracts import internal
from contracts.scopes import SCOPES
from kernel.ids import new_id

EVERY_SCOPE = (*SCOPES, "internal")

# A line of JSON for each record, as in production: the default draws every local variable of a traceback, for seconds.
structlog.configure(
    [
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
)


def service_client(
    app: ASGIApp,
    settings: Settings,
    tenant_id: str,
    *,
    scopes: Iterable[str] = EVERY_SCOPE,
    language: str = "en",
    livemode: bool = False,
) -> httpx.Client:
    """A client whose requests carry what the gateway says of a key. May be used from several threads at once.

    A defect of the service is answered as in production, with 500, rather than raised.
    """
    return httpx.Client(
        transport=AppTransport(app),
        base_url="http://service",
        headers=caller_headers(settings, tenant_id, scopes=scopes, language=language, livemode=livemode),
    )


def caller_headers(
    settings: Settings,
    tenant_id: str,
    *,
    scopes: Iterable[str] = EVERY_SCOPE,
    language: str = "en",
    livemode: bool = False,
) -> dict[str, str]:
    """The headers by which the gateway introduces a caller."""
    return {
        internal.TOKEN: settings.internal_token.get_secret_value(),
        internal.TENANT: tenant_id,
        internal.ACTOR: new_id("key"),
        internal.SCOPES: " ".join(scopes),
        internal.LIVEMODE: str(livemode).lower(),
        "accept-language": language,
    }


@cache
def event_loop() -> BlockingPortal:
    """The one event loop, in a thread of its own, on which every application of the test run lives."""
    running = start_blocking_portal()
    atexit.register(running.__exit__, None, None, None)
    return running.__enter__()


class AppTransport(httpx.BaseTransport):
    """Carries a synchronous client's requests to an ASGI application."""

    def __init__(self, app: ASGIApp) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The application's whole answer."""
        return event_loop().call(self._answer, request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._transport.handle_async_request(
            httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        )
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())
