"""`wafa demo`: a real year of grocery purchases, played through the public API."""
