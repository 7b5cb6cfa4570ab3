"""The file `.env` of the working directory, which fills in what the environment leaves out."""

from pathlib import Path

from dotenv import dotenv_values, find_dotenv, load_dotenv

from campaign.settings.private_files import problem_with_access, problem_with_writers

SECRET_SETTINGS = frozenset(
    {
        "CAMPAIGN_METRICS_TOKEN",
        "CAMPAIGN_SECRET_KEY",
        "CAMPAIGN_SECRET_KEY_FALLBACKS",
        "CAMPAIGN_SMTP_URL",
        "DATABASE_URL",
        "SENDGRID_API_KEY",
    }
)


def load() -> None:
    """Put what the file sets into the environment; one that cannot be read is left to `problems`."""
    try:
        load_dotenv(find_dotenv(usecwd=True))
    except (OSError, ValueError):
        return


def problems() -> list[str]:
    """One sentence for what is wrong with the file: no text in UTF-8, or others can read or change it."""
    path = find_dotenv(usecwd=True)
    if not path:
        return []
    try:
        values = dotenv_values(path)
    except OSError as error:
        return [f"The file {path} cannot be read: {error.strerror}."]
    except ValueError:
        return [_no_text(path)]
    if any("\0" in (value or "") for value in values.values()):
        return [_no_text(path)]
    if any(values.get(name) for name in SECRET_SETTINGS):
        readable = problem_with_access(Path(path), "secrets")
        if readable:
            return readable
    return problem_with_writers(Path(path))


def _no_text(path: str) -> str:
    return f"The file {path} is not text in UTF-8. Save it in that encoding."
