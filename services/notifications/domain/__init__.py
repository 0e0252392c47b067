"""What a message says, in Arabic and English, and when sending it is tried again. Pure."""
