"""What was pressed or said, to one service call, to what to show. Handlers never call the Bot API."""
