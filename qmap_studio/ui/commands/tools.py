"""Choosing a tool: a command for each row of the tools."""

from collections.abc import Sequence

from qmap_studio.ui.commands.command import App, Command, has_document
from qmap_studio.ui.tools.tool import Tool

GROUP = "tool"


def commands_of(tools: Sequence[Tool]) -> tuple[Command, ...]:
    """A command that chooses each tool, in their order."""
    return tuple(_choosing(tool) for tool in tools)


def _choosing(tool: Tool) -> Command:
    def choose(app: App) -> None:
        app.canvas.tool = tool
        app.canvas.setFocus()

    return Command(
        f"tool_{tool.name}",
        "Tools",
        tool.text,
        choose,
        keys=(tool.key,),
        icon=tool.icon,
        tip=tool.tip,
        enabled_when=has_document,
        checked_when=lambda app: app.workspace is not None and app.workspace.tool is tool,
        group=GROUP,
    )
