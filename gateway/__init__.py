"""The one public door: who may enter, which service answers, what the outside never sees. Publishes access.events."""
