"""Every command of ours explains itself: `--help` with an example that can be typed."""

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandParser

from tests.house.source import PACKAGES

OURS = sorted(
    (app, command)
    for command, app in get_commands().items()
    if isinstance(app, str) and app.split(".")[0] in PACKAGES and not command.startswith("_")
)


def lacks(command: BaseCommand, called: str) -> str:
    """What is missing in the command's help, or nothing."""
    _, _, rest = command.create_parser("manage.py", called).format_help().partition("\n\n")
    if f"manage.py {called}" not in " ".join(rest.split()):
        return f"{called}: no example 'manage.py {called} ...' below the usage line"
    return "" if "example" in rest.lower() else f"{called}: the example is not called one"


@pytest.mark.parametrize(("app", "called"), OURS)
def test_help_has_an_example(app: str, called: str) -> None:
    assert lacks(load_command_class(app, called), called) == ""


def test_the_checker_sees_a_fault() -> None:
    class Silent(BaseCommand):
        help = "Does something."

    class Told(BaseCommand):
        help = "Does something."

        def create_parser(self, prog_name: str, subcommand: str, **kwargs: object) -> CommandParser:
            return super().create_parser(prog_name, subcommand, epilog="Example: manage.py told --now", **kwargs)

    assert "no example" in lacks(Silent(), "silent")
    assert lacks(Told(), "told") == ""
