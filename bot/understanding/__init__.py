"""Free text to facts. Plain readings only: whatever is not read is kept as said."""
