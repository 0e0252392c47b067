"""The embedded broker: the program inside the noida-db wheel, told to speak Kafka only.

It is started directly: its Python launcher does not pass a SIGTERM on. It keeps its log in memory and writes it to
disk about once a second; the relays publish again what a crash took from it.
"""

import os
from importlib.resources import files
from pathlib import Path

from cli.home import Home


def broker_command(home: Home, port: int) -> tuple[str, ...]:
    """The command that runs the broker in the foreground."""
    data = ("--data-dir", str(home.broker))
    return (str(broker_program()), "start", "--only", "kafka", *data, "--host", "127.0.0.1", "--kafka-port", str(port))


def broker_program() -> Path:
    """The wheel's program, made executable: not every installer keeps that bit."""
    program = Path(str(files("noida_db").joinpath("noida-db")))
    if not os.access(program, os.X_OK):
        program.chmod(0o755)
    return program


def prepare_broker(home: Home) -> None:
    """Set a half-written snapshot aside: the broker refuses to start on it, and the relays publish its events again."""
    snapshot = home.broker / "kafka.json"
    if snapshot.exists() and not is_whole(snapshot):
        snapshot.replace(home.broker / "kafka.json.broken")


def is_whole(snapshot: Path) -> bool:
    """Whether the file ends as a JSON object does."""
    with snapshot.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 16))
        return file.read().rstrip().endswith(b"}")
