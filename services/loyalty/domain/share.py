"""Shares of all customers, cut at random and for ever the same way. Source: docs/rules/experiments.md."""

from hashlib import sha256


def place_in(experiment: str, customer_id: str) -> int:
    """Where a customer falls in an experiment: 0 to 99, for ever the same, and unrelated to other experiments."""
    return int.from_bytes(sha256(f"{experiment}:{customer_id}".encode()).digest()[:4]) % 100
