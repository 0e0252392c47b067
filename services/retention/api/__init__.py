"""Retention's HTTP resources."""
