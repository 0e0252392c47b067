"""How the loyalty database became what it is."""
