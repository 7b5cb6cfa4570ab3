"""Whether files that hold secrets or personal data are their owner's alone."""

import stat
from pathlib import Path


def problem_with_access(path: Path, content: str) -> list[str]:
    """One sentence when others than the owner have any permission for the file; none when it is not there."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return []
    if not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return []
    return [f"The file {path} holds {content} and is not for its owner alone. Run: chmod 600 {path}"]
