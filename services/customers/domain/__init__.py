"""The rules, pure: plain values in, plain values out."""
