"""The rules, one module a use case. Each works within one transaction and knows nothing of Telegram."""
