"""How the commands read their options: a mistake is answered in one line, with the option that was meant."""

import argparse
import difflib
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

BAD_USAGE = 2
_UNKNOWN = "unrecognized arguments: "


class OptionParser(argparse.ArgumentParser):
    """argparse, with options written in full and without a page of usage before a complaint."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def parse_known_args(  # type: ignore[override]  # argparse declares overloads
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Refuse misspelt options first: what else is missing often follows from them.

        Raises:
            SystemExit: an option is not known, or the arguments can't be used.
        """
        known, words = self._option_string_actions, _with_open_start(sys.argv[1:] if args is None else args)
        for word in words:
            name = word.partition("=")[0]
            if name == "--":
                break
            if name.startswith("--") and name not in known:
                self.error(f"{_UNKNOWN}{name}")
        return super().parse_known_args(words, namespace)

    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong and end with code 2.

        Raises:
            SystemExit: always.
        """
        hint = ""
        if message.startswith(_UNKNOWN):
            words = message.removeprefix(_UNKNOWN)
            near = difflib.get_close_matches(words.split()[0], list(self._option_string_actions), n=1)
            message = f"there is no option {words}" if words.startswith("-") else f"unexpected: {words}"
            hint = f"; did you mean {near[0]}?" if near else ""
        text = " ".join(f"{self.prog}: {message}{hint}".split())
        self.exit(BAD_USAGE, f"{text} (see {self.prog} --help)\n")


def _with_open_start(words: Sequence[str]) -> list[str]:
    """Join `--timerange -20240201` into one word, as argparse takes what begins with a dash for an option."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--timerange" and word.startswith("-"):
            joined[-1] = f"--timerange={word}"
        else:
            joined.append(word)
    return joined


def whole_number(text: str) -> int:
    """Read a whole number, 0 or above.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def positive_number(text: str) -> int:
    """Read a whole number above 0.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if (number := whole_number(text)) == 0:
        raise argparse.ArgumentTypeError("it must be above 0")
    return number
