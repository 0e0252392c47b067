"""A relay as a process: relay.py <service>, with settings from the environment."""

import sys
import threading

from chassis.data.database import Database
from chassis.events.relay import run_relay
from chassis.settings import Settings

run_relay(Database(Settings(), sys.argv[1], "relay"), threading.Event())
