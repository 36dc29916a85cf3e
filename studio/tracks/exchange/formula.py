"""Cells that a spreadsheet would take for a formula: an apostrophe in front of them, and taken away on the way in."""

import re

# A cell that already begins with such an apostrophe gets another, so that nothing changes there and back.
RISKY = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
GUARDED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")


def guarded(cell: str) -> str:
    return f"'{cell}" if RISKY.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell
