"""The browser workspace: the demo, the tests' platform, and the reference for the other adapters."""
