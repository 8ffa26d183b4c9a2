"""The pure trading core: no I/O, no asyncio; clock and journal come in as arguments."""
