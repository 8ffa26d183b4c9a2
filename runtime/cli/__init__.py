"""The `tidegate` command line; one file per group of commands."""

import sys

from runtime.cli.rooms import ROOM_COMMANDS, hand_over

__all__ = ["app"]


def app() -> None:
    """Run the command that the arguments name; one of another room takes this process over at once."""
    command = ROOM_COMMANDS.get(sys.argv[1]) if len(sys.argv) > 1 else None
    if command is not None:
        hand_over(command.module, sys.argv[2:])
    from runtime.cli.command_line import command_line  # noqa: PLC0415 - a second that rooms need not wait

    command_line(prog_name="tidegate")
