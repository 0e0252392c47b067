"""What every service needs to tell and to hear what happened."""
