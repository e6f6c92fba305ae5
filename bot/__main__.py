"""`python -m bot` is `checkback`."""

from bot.cli import main

main()
