"""What there is, whoever looks at it: people, chats, messages, files, updates, and Telegram's rules about them."""
