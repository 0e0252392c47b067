"""The pages anyone may open: the API's description, its documentation, and how the gateway is doing."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import anyio.to_thread
import fastapi_offline
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from chassis.web.app import is_migrated
from gateway.fetching import fetch
from gateway.service import Service
from kernel.refusal import Refused

SCRIPTS: Final = Path(fastapi_offline.__file__).parent / "static"
FILES: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon.png": "image/png",
}
PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Wafa API</title>
<link rel="icon" href="/docs/favicon.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START: Final = """\
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  validatorUrl: null,
});
"""
# Everything comes from here, and nothing written into the page itself runs.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
PROTECTED: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def page_routes(_app: FastAPI) -> Sequence[Route]:
    """The pages as routes. They stand before the chassis's own, whose `/readyz` knows nothing of the services."""
    return [
        Route("/openapi.json", openapi),
        Route("/docs", documentation),
        Route("/docs/start.js", start_script),
        Route("/docs/{name}", documentation_file),
        Route("/readyz", readyz),
    ]


async def openapi(request: Request) -> Response:
    """The joined description of the API."""
    return Response(await request.app.state.descriptions.joined(), media_type="application/json")


async def documentation(_request: Request) -> Response:
    """The API to read and to try, without any other server."""
    return HTMLResponse(PAGE, headers=PROTECTED)


async def start_script(_request: Request) -> Response:
    """Opens the description on the page."""
    return Response(START, media_type="text/javascript", headers=PROTECTED)


async def documentation_file(request: Request) -> Response:
    """A file of the page, as the installed package brings it."""
    name = request.path_params["name"]
    if name not in FILES:
        return Response(status_code=404)
    return FileResponse(SCRIPTS / name, media_type=FILES[name], headers={**PROTECTED, "Cache-Control": "max-age=86400"})


async def readyz(request: Request) -> JSONResponse:
    """Ready when keys can be checked. How the services are is told, but a door stays open while one of them is away."""
    state = request.app.state
    ready = await anyio.to_thread.run_sync(is_migrated, state.database)
    states = await asyncio.gather(*map(service_state, state.services.values()))
    return JSONResponse(
        {"status": "ready" if ready else "not ready", "services": dict(zip(state.services, states, strict=True))},
        200 if ready else 503,
    )


async def service_state(service: Service) -> str:
    """Whether a service says that it is ready."""
    try:
        status, _ = await fetch(service, "/readyz")
    except Refused:
        return "away"
    return "ready" if status == 200 else "not ready"
