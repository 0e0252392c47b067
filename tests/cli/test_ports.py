"""Ports: remembered, moved when another program has them, except the one people know."""

import os
import socket
from collections.abc import Iterator

import pytest

from cli.home import CommandFailed
from cli.ports import PREFERRED, any_free_port, choose_ports


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this process listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_every_process_gets_a_port_of_its_own() -> None:
    gateway = any_free_port()

    ports = choose_ports({}, gateway)

    assert ports["gateway"] == gateway
    assert set(ports) == set(PREFERRED)
    assert len(set(ports.values())) == len(PREFERRED)


def test_the_remembered_ports_are_used_again() -> None:
    first = choose_ports({"customers": any_free_port()}, any_free_port())

    assert choose_ports(first, None) == first


def test_an_inner_port_that_is_taken_moves(taken: int) -> None:
    ports = choose_ports({"loyalty": taken}, any_free_port())

    assert ports["loyalty"] != taken


def test_says_who_has_the_gateways_port(taken: int) -> None:
    with pytest.raises(CommandFailed) as failure:
        choose_ports({}, taken)

    assert f"Port {taken} is taken by " in str(failure.value)
    assert f"(pid {os.getpid()})" in str(failure.value)
    assert str(failure.value).endswith(f"wafa up --port {taken + 1}")
