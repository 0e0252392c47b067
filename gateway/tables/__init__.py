"""The rows of the access database: tenants and their keys."""
