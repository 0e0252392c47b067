"""What every service needs to answer over HTTP."""
