"""How the relationship goes: stages and figures. Hears customers.* and loyalty.*."""
