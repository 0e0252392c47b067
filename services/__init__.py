"""The four services, all built alike."""
