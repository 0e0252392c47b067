"""What loyalty says no to, each with a stable code and its sentence in Arabic and English."""
