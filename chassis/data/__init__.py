"""What every service needs to keep things in PostgreSQL."""
