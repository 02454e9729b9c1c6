"""The road of an update: receiver, worker, sender; and the ticker for what the clock brings."""
