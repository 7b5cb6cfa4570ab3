"""A command group that imports a command only when it is run, and turns failures into sentences."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from campaign.errors import CampaignError
from campaign.settings.reader import SettingsError


class LazyGroup(click.Group):
    """A group whose commands are modules of one package, each named like its command with `_` for `-`.

    A CampaignError that leaves a command ends the program with its sentence and exit status 1.
    """

    def __init__(self, *args: Any, commands_in: str, summaries: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._package = commands_in
        self._summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names in the order they were given."""
        return list(self._summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now."""
        if cmd_name not in self._summaries:
            return None
        name = cmd_name.replace("-", "_")
        module = import_module(f"{self._package}.{name}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._summaries.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it raises of ours becomes a sentence."""
        try:
            return super().invoke(ctx)
        except CampaignError as error:
            raise Failure(error) from error


class Failure(click.ClickException):
    """Ends the command with the error's sentence alone on standard error; wrong settings have one a line."""

    def __init__(self, error: CampaignError) -> None:
        problems = error.problems if isinstance(error, SettingsError) else (error.sentence,)
        super().__init__("\n".join(problems))

    def show(self, file: Any = None) -> None:
        """Print the sentence."""
        click.echo(self.message, file=file, err=True)
