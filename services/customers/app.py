"""The customers service's HTTP process."""

from fastapi import FastAPI

from chassis.web.app import create_service_app
from chassis.web.serving import serve
from services.customers.api import consents, contacts, customers, searches
from services.customers.settings import CustomersSettings


def create_app(settings: CustomersSettings) -> FastAPI:
    """Who the customers are."""
    routers = [customers.router, searches.router, consents.router, contacts.router]
    return create_service_app(settings, "customers", "Who the customers are, and what they consented to.", routers)


if __name__ == "__main__":
    settings = CustomersSettings()
    serve(create_app(settings), settings, "customers")
