"""The compose file says what the embedded run does, and compose itself finds no fault in it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.settings import Settings
from cli.processes import SERVICES

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
PROCESSES = {
    "gateway": "gateway.app",
    "gateway-worker": "gateway.worker",
    **{name: f"services.{name}.app" for name in SERVICES},
    **{f"{name}-worker": f"services.{name}.worker" for name in SERVICES},
}


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    document: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    found: dict[str, dict[str, Any]] = document["services"]
    return found


def test_compose_accepts_the_file() -> None:
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not installed (Debian: apt-get install docker-compose)")
    checked = subprocess.run(
        ["docker-compose", "-f", str(COMPOSE), "config", "--quiet"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


def test_every_process_of_the_embedded_run_is_there(services: dict[str, dict[str, Any]]) -> None:
    commands = {name: service["command"] for name, service in services.items() if service.get("image") == "wafa"}
    migrate = commands.pop("migrate")
    assert migrate == ["python", "-m", "cli", "migrate"]
    assert commands == {name: ["python", "-m", module] for name, module in PROCESSES.items()}


def test_every_module_it_runs_exists() -> None:
    for module in PROCESSES.values():
        assert (ROOT / (module.replace(".", "/") + ".py")).is_file()


def test_only_the_gateway_is_open_to_the_world(services: dict[str, dict[str, Any]]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["gateway"]


def test_every_setting_it_gives_is_read(services: dict[str, dict[str, Any]]) -> None:
    given = {name for service in services.values() for name in service.get("environment", {}) if "WAFA_" in name}
    read = {f"WAFA_{field.upper()}" for field in Settings.model_fields}
    of_notifications = {"WAFA_SMTP_HOST", "WAFA_SMTP_PORT", "WAFA_SMTP_FROM"}
    of_loyalty = {"WAFA_OFFLINE_SECRET", "WAFA_OFFLINE_SECRET_BEFORE"}
    assert given - read == of_notifications | of_loyalty


def test_the_image_holds_every_package_of_ours() -> None:
    copied = [line.split()[1] for line in (ROOT / "deploy/Dockerfile").read_text().splitlines() if "COPY" in line]
    assert {"kernel", "contracts", "chassis", "services", "gateway", "cli"} <= set(copied)
