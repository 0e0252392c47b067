"""What the gateway can be told from outside: the shared settings name all it needs, the services' addresses too."""

from chassis.settings import Settings


class GatewaySettings(Settings):
    """Settings of the gateway and its worker."""

    @property
    def service_urls(self) -> dict[str, str]:
        """Where each service answers."""
        return {
            "customers": self.customers_url,
            "loyalty": self.loyalty_url,
            "notifications": self.notifications_url,
            "retention": self.retention_url,
        }
