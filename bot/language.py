"""The languages the bot speaks: gettext catalogues, English being the text in the code itself."""

import gettext
from functools import cache
from pathlib import Path

from bot.model import Reader

DOMAIN = "checkback"
CATALOGUES = Path(__file__).with_name("locale")


@cache
def catalogue(language: str, folder: Path = CATALOGUES) -> gettext.NullTranslations:
    """The sentences of a language; a sentence it lacks is said in English."""
    return gettext.translation(DOMAIN, folder, [language], fallback=True)


def sentences(reader: Reader) -> gettext.NullTranslations:
    """The catalogue that a reader reads."""
    return catalogue(reader.language)
