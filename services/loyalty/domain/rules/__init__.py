"""One file per family of rules. A rule is a tagged document that knows how to apply itself to a cart."""
