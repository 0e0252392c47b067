"""What every process can be told from outside, by environment variables named WAFA_…"""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings all processes share. A service adds its own in its `settings.py`."""

    model_config = SettingsConfigDict(env_prefix="WAFA_", extra="ignore")

    host: str = "127.0.0.1"
    port: int = 8080
    log_level: str = "INFO"

    database_host: str = "127.0.0.1"
    database_port: int = 5432
    owner_password: SecretStr
    app_password: SecretStr
    relay_password: SecretStr
    admin_url: SecretStr | None = None

    kafka_bootstrap: str = "127.0.0.1:9092"

    internal_token: SecretStr = Field(min_length=1)
    gateway_url: str = "http://127.0.0.1:8080"
    customers_url: str = "http://127.0.0.1:8101"
    loyalty_url: str = "http://127.0.0.1:8102"
    notifications_url: str = "http://127.0.0.1:8103"
    retention_url: str = "http://127.0.0.1:8104"
