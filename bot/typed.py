"""What people typed, made safe to keep and to show: invisible and control characters go, their words stay."""

import unicodedata

_JOINERS = {"\u200c", "\u200d"}  # zero-width, but they carry meaning in many scripts and in emoji
_SPACES = {"\n", "\t"}
_INVISIBLE = {"Cc", "Cf"}  # controls, and format characters: right-to-left overrides, zero-width spaces, tags


def scrub(words: str) -> str:
    """`words` without control, bidirectional and zero-width characters; half a surrogate pair becomes U+FFFD."""
    if words.isascii() and words.isprintable():
        return words.strip()
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    whole = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    kept = (c for c in whole if c in _SPACES or c in _JOINERS or unicodedata.category(c) not in _INVISIBLE)
    return "".join(kept).strip()


def fold(words: str) -> str:
    """For comparing what was typed with what we know: case and accents do not matter."""
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
