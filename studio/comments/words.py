"""Words that people send: what nobody can see in them goes before they are kept."""

import unicodedata

# Scripts such as Malayalam and Persian join and part letters by these two.
JOINERS = "\u200c\u200d"


def kept_text(text: str) -> str:
    """Without control characters (PostgreSQL refuses NUL), lines and tabs excepted."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc").strip()


def kept_name(name: str) -> str:
    """One line without letters that cannot be seen or that turn the line around: with these one passes as another."""
    letters = [
        letter for letter in " ".join(name.split()) if letter in JOINERS or unicodedata.category(letter)[0] != "C"
    ]
    return "".join(letters).strip() if any(letter not in JOINERS for letter in letters) else ""
