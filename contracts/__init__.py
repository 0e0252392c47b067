"""What services promise each other: event classes, topics, headers, generated schemas."""
