"""`firsthand`: the door for people and scripts. Commands are loaded when they are called, so that help is quick."""

import importlib
import json
import os
import signal
import sys
from typing import Any, NoReturn

import click

from firsthand import __version__
from firsthand.model.errors import FirsthandError

BUG_EXIT, USAGE_EXIT, INTERRUPTED_EXIT = 1, 2, 130

# name → (module under firsthand.cli, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "add": ("add", "Take files and folders into a case: seal, examine, link."),
    "show": ("show", "One item: how it came, and what was found in it."),
    "copies": ("copies", "Which spans of which items show the same recording."),
    "takes": ("takes", "The camera recordings of a case, each with all its copies."),
    "report": ("report", "A case as a folder of pages to look at, send and print."),
    "moments": ("moments", "Which takes filmed the same moment, and when each began."),
    "find": ("find", "Look a file up in the archive without adding it."),
    "verify": ("verify", "Re-hash sealed files, replay the log, name what differs."),
    "checkpoint": ("checkpoint", "Sign the log as it stands; print it for others to keep."),
    "proof": ("proof", "A folder with which a stranger checks one item."),
    "quarantine": ("quarantine", "Hide an item from every view; it stays sealed."),
    "hold": ("hold", "Legal hold: forbid that an item or a case is erased."),
    "erase": ("erase", "Destroy an item, a source's name or a case, as the law may order."),
    "doctor": ("doctor", "What this machine has, lacks, and what that costs."),
    "examine": ("examine", "Make findings that are missing, or stale ones again."),
    "demo": ("demo", "Make up an event, examine it, compare with what is true."),
}


class Commands(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"firsthand.cli.{COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="firsthand")
def program() -> None:
    """From a folder of eyewitness clips to a record that says what it rests on.

    \b
    firsthand add ~/clips --case kyiv     take a folder in
    firsthand takes --case kyiv           see what it amounts to
    firsthand find clip.mp4               have we seen this before?
    firsthand verify                      is everything as it was received?

    Nothing leaves this machine. Exit codes: 0 done, 1 not done (the message says why), 2 usage, 3 done but some
    items failed, 4 nothing matched, 90 integrity.
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the program and ends the process with one of the exit codes of docs/json.md."""
    given = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in given
    try:
        code = program.main(args=given, prog_name="firsthand", standalone_mode=False)
        _leave(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as exit_:
        _leave(exit_.exit_code)
    except click.ClickException as error:
        _report(as_json, "UsageError", _subject(error), error.format_message(), "firsthand --help")
        _leave(USAGE_EXIT)
    except (KeyboardInterrupt, click.Abort):
        print("\nStopped. What was sealed and found is kept; the same command goes on from here.", file=sys.stderr)
        _leave(INTERRUPTED_EXIT)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has enough: not an error
        _leave(0)
    except FirsthandError as error:
        _report(as_json, type(error).__name__, error.subject, error.why, error.next_step, error.kept)
        _leave(error.exit_code)


def _subject(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if context is not None else "firsthand"


def _report(as_json: bool, error: str, subject: str, why: str, next_step: str, kept: str = "") -> None:
    if as_json:
        document: dict[str, Any] = {"schema": "firsthand.error/1", "error": error, "subject": subject, "why": why}
        print(json.dumps({**document, "next_step": next_step, **({"kept": kept} if kept else {})}))
        return
    lines = [f"firsthand: {subject}: {why}"]
    lines += [f"  kept: {kept}"] if kept else []
    lines += [f"  next: {next_step}"] if next_step else []
    print("\n".join(lines), file=sys.stderr)


def _leave(code: int) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command has ended: a late Ctrl-C must not change how
    sys.stderr.flush()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
