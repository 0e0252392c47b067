"""The formulas of retention, as plain functions. Source: docs/retention.md."""
