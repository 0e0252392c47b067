"""Which port each process of an embedded run listens on: chosen once and remembered, so that two homes do not meet."""

import socket
from collections.abc import Mapping

import psutil

from cli.home import CommandFailed

LOOPBACK = "127.0.0.1"
PREFERRED = {
    "gateway": 8080,
    "gateway-worker": 8200,
    "customers": 8101,
    "customers-worker": 8201,
    "loyalty": 8102,
    "loyalty-worker": 8202,
    "notifications": 8103,
    "notifications-worker": 8203,
    "retention": 8104,
    "retention-worker": 8204,
    "postgres": 54329,
    "broker": 9092,
    "mailbox": 8025,
}

Ports = dict[str, int]


def choose_ports(remembered: Mapping[str, int], gateway: int | None) -> Ports:
    """The ports to use: the remembered ones where they are still free, else the usual ones, else any free one.

    The gateway's is the address people have noted: `gateway`, else the remembered one, and never silently another.
    Raises CommandFailed when that one is taken.
    """
    public = gateway or remembered.get("gateway", PREFERRED["gateway"])
    if not is_free(public):
        raise CommandFailed(
            f"Port {public} is taken by {who_listens(public)}. Choose another: wafa up --port {public + 1}"
        )
    ports = {"gateway": public}
    for name, usual in PREFERRED.items():
        if name not in ports:
            ports[name] = choose_port(remembered.get(name), usual, taken=set(ports.values()))
    return ports


def choose_port(remembered: int | None, usual: int, *, taken: set[int]) -> int:
    """The first of the two that is free, else any free port."""
    for port in (remembered, usual):
        if port is not None and port not in taken and is_free(port):
            return port
    return any_free_port()


def is_free(port: int) -> bool:
    """Whether we could listen there now."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except PermissionError as error:
            raise CommandFailed(f"Port {port} needs root. Choose one above 1023: wafa up --port 8080") from error
        except OSError:
            return False
        return True


def any_free_port() -> int:
    """A port nobody listens on, chosen by the system."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def listens(pid: int, port: int) -> bool:
    """Whether that process listens there; yes when we may not look, as root may not in many containers."""
    try:
        connections = psutil.Process(pid).net_connections("tcp")
    except psutil.AccessDenied:
        return True
    except psutil.NoSuchProcess:
        return False
    return any(one.laddr.port == port and one.status == psutil.CONN_LISTEN for one in connections if one.laddr)


def who_listens(port: int) -> str:
    """The program that listens there, as far as this account may see."""
    try:
        for connection in psutil.net_connections("tcp"):
            if (
                connection.laddr
                and connection.laddr.port == port
                and connection.status == psutil.CONN_LISTEN
                and connection.pid
            ):
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        pass
    return "another program"
