"""The verbs: create a tenant, create and revoke its keys."""
