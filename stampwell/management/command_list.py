"""What `stampwell help` shows: our commands, each with the sentence of its own help. Read without loading any."""

import ast
from pathlib import Path

COMMANDS = Path(__file__).parent / "commands"
HEAD = """\
Usage: stampwell [--settings FILE] COMMAND …

The settings are read from FILE, else from the file that STAMPWELL_SETTINGS names, ./stampwell.env or
/etc/stampwell/stampwell.env; what is set in the environment wins. Begin with `stampwell setup`.
"""
FOOT = "`stampwell COMMAND --help` says more about each. `stampwell --version` says which release this is."


def our_commands() -> list[str]:
    return sorted(file.stem for file in COMMANDS.glob("*.py") if file.stem != "__init__")


def list_commands() -> str:
    lines = [f"  {name:<11} {_help_of(COMMANDS / f'{name}.py')}" for name in our_commands()]
    return "\n".join([HEAD, *lines, "", FOOT])


def _help_of(file: Path) -> str:
    """What the class says in `help`; else what the module says about itself."""
    module = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "help":
            return str(ast.literal_eval(node.value))
    return (ast.get_docstring(module) or "").partition("\n")[0].partition(": ")[2].capitalize()
