"""Running an application as a process of its own."""

import gc
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any

import uvicorn

from chassis.logging import configure_logging
from chassis.settings import Settings
from chassis.web.whole_answers import WholeAnswers

SHUTDOWN_SECONDS = 10
CANNOT_START = 3
GC_THRESHOLDS = (20_000, 20, 50)


def serve(app: Any, settings: Settings, process: str, also_on: Sequence[int] = ()) -> None:
    """Serve until SIGTERM; requests in flight are then finished, for at most ten seconds.

    `also_on` are more ports of the same host; the application sees in `scope["server"]` which one was asked.
    """
    configure_logging(settings.log_level, process)
    # What start-up made stays: a full collection over it would stop every request for tens of milliseconds.
    gc.collect()
    gc.freeze()
    # What requests leave behind is mostly not cyclic: looking for cycles at every 700 objects finds nothing, often.
    gc.set_threshold(*GC_THRESHOLDS)
    # Once it has shut down, uvicorn raises the signal again: it was asked to end, and that is no failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=WholeAnswers,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # Nobody asks for the client's address behind a proxy, and looking for it costs every request a layer.
        proxy_headers=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    ports = (settings.port, *also_on) if also_on else ()
    server = uvicorn.Server(config)
    server.run([socket.create_server((settings.host, port)) for port in ports] or None)
    if not server.started:
        sys.exit(CANNOT_START)
