"""What customers earn and spend: programs, purchases, ledger, rewards, memberships.

Publishes loyalty.*; hears customers.* and access.*.
"""
