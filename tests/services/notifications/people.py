"""Customers, made and changed through the customers service's own API."""

from fastapi import FastAPI

from chassis.settings import Settings
from kernel.ids import CustomerId, TenantId
from tests.support.calling import service_client


class People:
    """The customers that the customers service knows."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    def create(self, tenant_id: TenantId, **profile: object) -> CustomerId:
        """A new customer."""
        answer = service_client(self.app, self.settings, tenant_id).post("/v1/customers", json=profile)
        assert answer.status_code == 201, answer.text
        return CustomerId(answer.json()["id"])

    def withdraw_consent(self, tenant_id: TenantId, customer_id: CustomerId) -> None:
        """The customer wants no more e-mail, not even about their own purchases."""
        said = {"purpose": "service", "channel": "email", "granted": False, "source": "app"}
        answer = service_client(self.app, self.settings, tenant_id).put(
            f"/v1/customers/{customer_id}/consents", json=said
        )
        assert answer.status_code == 200, answer.text
