"""What the documents say can be done: every command in them parses, every link leads somewhere."""

import re
import shlex
from pathlib import Path

import click
import pytest

from firsthand.cli.main import program

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").rglob("*.md")])
BLOCK = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?firsthand +(.*?)(?: {2,}.*| +#.*)?$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def commands(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [line for block in BLOCK.findall(text) for line in PROMPT.findall(block)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_in_the_documents_is_one() -> None:
    lines = [line for page in PAGES for line in commands(page)]
    assert len(lines) >= 4
    for line in lines:
        words = shlex.split(line)
        context = click.Context(program, info_name="firsthand")
        command = program.get_command(context, words[0])
        assert command is not None, line
        command.make_context(words[0], words[1:], parent=context)
