"""The edges that translate: each platform has inbound, outbound and render, and knows nothing of the others."""
