"""Rules of the door, pure."""
