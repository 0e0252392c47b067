"""The doors of HTTP: one file for each resource."""
