"""What each service listens to."""

from importlib import import_module
from importlib.util import find_spec

from chassis.data.migrations import DATABASES
from chassis.events.letters import Listeners
from chassis.worker import on_tenant_created
from contracts.events.access import TenantCreated


def listeners_of(service: str) -> Listeners:
    """A service's listeners, as its worker runs them: its own, and that for new tenants, which all have."""
    name = f"{DATABASES[service]}.listeners"
    own: Listeners = import_module(name).LISTENERS if find_spec(name) is not None else {}
    return {TenantCreated: on_tenant_created, **own}


def event_types_heard_by(service: str) -> set[str]:
    """The types of the events a service listens to."""
    return {event_class.event_type for event_class in listeners_of(service)}
