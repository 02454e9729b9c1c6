"""State to message, for the team. Pure, as `handlers.views`."""
