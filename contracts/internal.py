"""The headers by which the gateway tells a service who is calling. A client's own never pass the gateway."""

PREFIX = "wafa-"
TOKEN = "wafa-internal-token"  # noqa: S105 - a header's name
TENANT = "wafa-tenant"
ACTOR = "wafa-actor"
SCOPES = "wafa-scopes"
LIVEMODE = "wafa-livemode"
REQUEST_ID = "x-request-id"
