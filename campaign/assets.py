"""Where templates and static files are: beside the installed package, or in the checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `templates` or `static`."""
    installed = _PACKAGE / "_web" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
