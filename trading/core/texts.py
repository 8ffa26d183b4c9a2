"""Text of others, made fit for the journal.

Reasons, tags and errors come from operators and from users' code. PostgreSQL's JSON takes no NUL, and
no encoder takes half a surrogate pair: such a character must not be what stops a halt or a service.
"""

TAG_LENGTH_MAX = 255
REASON_LENGTH_MAX = 500

_UNSTORABLE = dict.fromkeys([0, *range(0xD800, 0xE000)], "\N{REPLACEMENT CHARACTER}")


def storable(text: str, length_max: int | None = None) -> str:
    """Return the text with U+FFFD for what can't be stored, cut to `length_max` characters."""
    return text.translate(_UNSTORABLE)[:length_max]
