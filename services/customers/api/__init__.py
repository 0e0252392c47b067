"""Door 1, HTTP: one file per resource."""
