"""A stand-in for Telegram: its Bot API over HTTP, and phones to use the bot with."""
