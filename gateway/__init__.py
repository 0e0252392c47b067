"""The one public door: tenants and keys, limits, routing, the joined API description."""
