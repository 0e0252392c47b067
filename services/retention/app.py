"""Retention over HTTP: `python -m services.retention.app`."""

from fastapi import FastAPI

from chassis.web.app import create_service_app
from chassis.web.serving import serve
from services.retention.api import figures, stages
from services.retention.settings import RetentionSettings


def create_app(settings: RetentionSettings) -> FastAPI:
    """The retention service."""
    return create_service_app(
        settings, "retention", "Who stays, who drifts away, and by whose rhythm.", [figures.router, stages.router]
    )


if __name__ == "__main__":
    settings = RetentionSettings()
    serve(create_app(settings), settings, "retention")
