"""A desk that is killed right after its effects are in the database: dying_desk.py <service> <event type>."""

import os
import signal
import sys
import threading

import chassis.events.listening
from chassis.data.database import Database
from chassis.settings import Settings
from tests.chassis.events.world import make_event_class, note


def die(_consumer: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


chassis.events.listening.commit = die
database = Database(Settings(), sys.argv[1])
chassis.events.listening.listen(database, {make_event_class(sys.argv[2]): note}, threading.Event())
