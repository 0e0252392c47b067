"""Real brokers for tests: the embedded one, and Apache Kafka where `make kafka` has fetched it."""

import secrets
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.embedded_broker import broker_program, is_whole

with warnings.catch_warnings():
    # The client reads its own resources by a deprecated call while it is imported: not ours to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    import kafka  # noqa: F401

ROOT = Path(__file__).parents[2]
KAFKA_LIBS = ROOT / ".cache" / "kafka" / "libs"
START_SECONDS = 120


def pytest_configure(config: pytest.Config) -> None:
    """Where a connection is refused, as by a killed broker, the client leaves its socket to the garbage collector."""
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")
    warnings.filterwarnings(
        "ignore", "unclosed <socket", ResourceWarning
    )  # and for what is collected after the last test


class Broker:
    """A broker as a process of its own, which can be killed and started again on the same data and port."""

    def __init__(self, kind: str, command: Callable[[Path, int], list[str]], data: Path) -> None:
        self.kind = kind
        self.command = command
        self.data = data
        self.port = free_port_pair()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "broker.log").open("ab") as log:
            self.process = subprocess.Popen(self.command(self.data, self.port), stdout=log, stderr=log)
        until = time.monotonic() + START_SECONDS
        while not listens(self.port):
            assert self.process.poll() is None, (self.data / "broker.log").read_text()[-2000:]
            assert time.monotonic() < until, "the broker does not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """As kill -9 does it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As an operator does it."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(30)

    def remember(self) -> None:
        """Keep a copy of the disk as it is now; only while it is not running."""
        shutil.copytree(self.data, self.data.with_suffix(".then"))

    def go_back(self) -> None:
        """Have the disk as it was when it was remembered; only while it is not running."""
        self.forget_everything()
        shutil.move(self.data.with_suffix(".then"), self.data)

    def forget_everything(self) -> None:
        """Lose the disk; only while it is not running."""
        shutil.rmtree(self.data)


def embedded_command(data: Path, port: int) -> list[str]:
    """The embedded broker's own program: its launcher would not pass signals on.

    It refuses to start on a snapshot that it was writing when it died; that one goes, as `wafa up` does it.
    """
    snapshot = data / "kafka.json"
    if snapshot.exists() and not is_whole(snapshot):
        snapshot.unlink()
    return [
        str(broker_program()),
        "start",
        "--only",
        "kafka",
        "--data-dir",
        str(data),
        "--host",
        "127.0.0.1",
        "--kafka-port",
        str(port),
    ]


def kafka_command(data: Path, port: int) -> list[str]:
    """Apache Kafka in KRaft mode, as one process."""
    return [str(ROOT / "deploy" / "kafka" / "run.sh"), str(data), str(port)]


def free_port_pair() -> int:
    """A free port whose successor is free too: Apache Kafka's controller takes that one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
    except OSError:
        return False
    return True


def need_kafka() -> None:
    """Skip the test where Apache Kafka was not fetched."""
    if not KAFKA_LIBS.is_dir() or shutil.which("java") is None:
        pytest.skip("Apache Kafka is not here: make kafka (needs Java 17 and Maven)")


def run(broker: Broker) -> Iterator[Broker]:
    """Run it for a fixture's life."""
    try:
        broker.start()
        yield broker
    finally:
        if broker.process is not None and broker.process.poll() is None:
            broker.kill()


@pytest.fixture(scope="session")
def embedded_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The embedded broker, shared by all tests that do not hurt it."""
    yield from run(Broker("embedded", embedded_command, tmp_path_factory.mktemp("embedded-broker")))


@pytest.fixture(scope="session")
def apache_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Apache Kafka, shared by all tests that do not hurt it."""
    need_kafka()
    yield from run(Broker("kafka", kafka_command, tmp_path_factory.mktemp("apache-kafka")))


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request: pytest.FixtureRequest) -> Broker:
    """Each kind of broker in turn."""
    found: Broker = request.getfixturevalue({"embedded": "embedded_broker", "kafka": "apache_kafka"}[request.param])
    return found


@pytest.fixture
def mortal_broker(tmp_path: Path) -> Iterator[Broker]:
    """An embedded broker of this test's own, to kill."""
    yield from run(Broker("embedded", embedded_command, tmp_path / "broker"))


@pytest.fixture
def mortal_kafka(tmp_path: Path) -> Iterator[Broker]:
    """An Apache Kafka of this test's own, to kill."""
    need_kafka()
    yield from run(Broker("kafka", kafka_command, tmp_path / "kafka"))


@pytest.fixture
def unique_name() -> str:
    """A name for a service that no other test uses; topics and groups are named after it."""
    return f"s{secrets.token_hex(4)}"
