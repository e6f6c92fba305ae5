"""Slack: what people type and press there, and what the bot says to them."""
