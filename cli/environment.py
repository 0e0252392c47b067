"""What every process of an embedded run is told, as the environment variables that `chassis.settings` reads."""

import os
from collections.abc import Mapping
from secrets import token_urlsafe

from cli.home import Home
from cli.ports import LOOPBACK, Ports

SECRETS = ("admin_password", "owner_password", "app_password", "relay_password", "internal_token")
WITH_API = ("gateway", "customers", "loyalty", "notifications", "retention")


def home_secrets(home: Home) -> dict[str, str]:
    """The passwords of this home, made at its first start."""
    known: dict[str, str] = home.read("secrets.json") or {}
    secrets = {name: known.get(name) or token_urlsafe(32) for name in SECRETS}
    if secrets != known:
        home.write("secrets.json", secrets)
    return secrets


def shared_environment(ports: Ports, secrets: Mapping[str, str]) -> dict[str, str]:
    """Where everything is, and the passwords."""
    return {
        "WAFA_HOST": LOOPBACK,
        "WAFA_DATABASE_HOST": LOOPBACK,
        "WAFA_DATABASE_PORT": str(ports["postgres"]),
        "WAFA_OWNER_PASSWORD": secrets["owner_password"],
        "WAFA_APP_PASSWORD": secrets["app_password"],
        "WAFA_RELAY_PASSWORD": secrets["relay_password"],
        "WAFA_INTERNAL_TOKEN": secrets["internal_token"],
        "WAFA_KAFKA_BOOTSTRAP": f"{LOOPBACK}:{ports['broker']}",
        "WAFA_SMTP_HOST": LOOPBACK,
        "WAFA_SMTP_PORT": str(ports["mailbox"]),
        **{f"WAFA_{name.upper()}_URL": f"http://{LOOPBACK}:{ports[name]}" for name in WITH_API},
    }


def admin_environment(ports: Ports, secrets: Mapping[str, str]) -> dict[str, str]:
    """What only migrations are told: the superuser."""
    superuser = f"postgresql://postgres:{secrets['admin_password']}@{LOOPBACK}:{ports['postgres']}/postgres"
    return {"WAFA_ADMIN_URL": superuser}


def use_home(home: Home) -> None:
    """Let this command talk to the home's run, unless the environment already names a database."""
    ports = home.read("ports.json")
    if ports is not None and "WAFA_DATABASE_HOST" not in os.environ:
        secrets = home_secrets(home)
        os.environ.update(shared_environment(ports, secrets) | admin_environment(ports, secrets))
