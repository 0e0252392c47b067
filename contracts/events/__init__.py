"""One module per publishing service: the facts it tells."""
