"""How a service asks another over HTTP, for the rare question that events have not answered yet."""

from collections.abc import Mapping, Sequence

import httpx

from chassis.settings import Settings
from contracts import internal
from kernel.ids import TenantId

TIMEOUT_SECONDS = 2.0

Question = Mapping[str, str | Sequence[str]]


class InternalClient:
    """Calls one service's internal paths on behalf of a tenant. Reads only."""

    def __init__(self, settings: Settings, base_url: str) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS)
        self._token = settings.internal_token.get_secret_value()

    def get(self, path: str, tenant_id: TenantId, params: Question | None = None) -> httpx.Response:
        """The answer to a GET. Raises httpx.HTTPError when the service cannot be reached."""
        headers = {
            internal.TOKEN: self._token,
            internal.TENANT: tenant_id,
            internal.ACTOR: "internal",
            internal.SCOPES: "internal",
            internal.LIVEMODE: "false",
        }
        return self._client.get(path, params=params, headers=headers)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()
