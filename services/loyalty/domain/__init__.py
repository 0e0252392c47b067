"""What loyalty decides: plain values in, plain values out. No database, no clock, no randomness."""
