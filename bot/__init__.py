"""The bot: domain, services, pipeline, texts, and the local Bot API server it is tried against."""
