"""What the mailroom counts. Labels are services and kinds of outcome, never ids."""

from prometheus_client import Counter, Gauge

EVENTS_UNSENT = Gauge("wafa_outbox_unsent", "Events that wait to be sent.", ["service"])
EVENTS_UNSENT_SECONDS = Gauge("wafa_outbox_oldest_seconds", "How long the oldest unsent event has waited.", ["service"])
EVENTS_SENT = Counter("wafa_events_sent", "Events the broker acknowledged.", ["service"])
EVENTS_REPUBLISHED = Counter("wafa_events_republished", "Events sent again because the broker lost them.", ["service"])
EVENTS_MISSED = Counter("wafa_events_missed", "Events that expired in a topic before they were heard.", ["service"])
EVENTS_HEARD = Counter(
    "wafa_events_heard", "Events taken from topics: new, known already, or parked.", ["service", "outcome"]
)
