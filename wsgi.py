"""The application for any WSGI server: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import sys
from contextlib import suppress

from campaign.errors import CampaignError, UnavailableError
from campaign.runtime import build_runtime
from campaign.services.installation import database_key
from campaign.settings import environment_file, load_settings
from campaign.settings.reader import SettingsError
from campaign.web import create_app

# What gunicorn's own workers end with when an application cannot be loaded (gunicorn.arbiter.Arbiter): it
# then stops as a whole, where any other status makes it start worker after worker.
APP_LOAD_ERROR = 4

environment_file.load()
try:
    settings = load_settings(key_source=database_key.key_of_start)
    runtime = build_runtime(settings)
    # A database that is away for now stops nobody here: it is asked again before anything is written.
    with suppress(UnavailableError):
        database_key.check_key(runtime.database, settings)
    app = create_app(runtime)
except CampaignError as error:
    problems = error.problems if isinstance(error, SettingsError) else (error.sentence,)
    print(*problems, sep="\n", file=sys.stderr)  # noqa: T201 - there is no page yet to say it on
    sys.exit(APP_LOAD_ERROR)
