"""What an API key may be allowed to do."""

SCOPES = (
    "customers:read",
    "customers:write",
    "keys:read",
    "keys:write",
    "messages:read",
    "messages:write",
    "points:read",
    "points:write",
    "programs:read",
    "programs:write",
    "purchases:read",
    "purchases:write",
    "retention:read",
    "rewards:read",
    "rewards:write",
)
