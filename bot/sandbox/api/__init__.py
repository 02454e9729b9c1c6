"""The Bot API over HTTP: its methods, their arguments, and webhooks."""
