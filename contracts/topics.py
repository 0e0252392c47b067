"""Which topic carries what: one for the events of each publisher, one for the dead letters of each consumer.

The key of every record is the customer, so one customer's events are read in the order in which they happened.
"""

PARTITIONS = 4


def event_topic(publisher: str) -> str:
    """Where a publisher's events go: `loyalty.events`."""
    return f"{publisher}.events"


def dead_letter_topic(consumer: str) -> str:
    """Where the events go that a consumer could not handle: `retention.dead-letters`."""
    return f"{consumer}.dead-letters"


def publisher_name(service: str) -> str:
    """The name a service publishes under: its own, but what the gateway keeps is called access."""
    return "access" if service == "gateway" else service


def topics_written_by(service: str) -> tuple[str, str]:
    """The topics that a service's relay, and nobody else, writes to."""
    return event_topic(publisher_name(service)), dead_letter_topic(service)
