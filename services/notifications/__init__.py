"""What we tell customers, by which channel, and when not to.

Publishes notifications.*; hears access.*, customers.* and loyalty.*.
"""
