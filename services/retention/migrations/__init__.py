"""How the retention database became what it is."""
