"""What a service counts. Labels hold routes and codes, never ids or personal data."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

REQUESTS = Counter("wafa_requests", "Requests answered.", ["service", "method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "wafa_request_seconds",
    "Time to answer.",
    ["service", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


async def metrics(_request: Request) -> Response:
    """Everything counted so far, as Prometheus reads it."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
