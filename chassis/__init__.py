"""What every service stands on: web, database, outbox, inbox, Kafka, jobs, telemetry."""
