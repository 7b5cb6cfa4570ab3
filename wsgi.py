"""The application for any WSGI server: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import sys

from dotenv import find_dotenv, load_dotenv

from campaign.runtime import build_runtime
from campaign.settings import load_settings
from campaign.settings.reader import SettingsError
from campaign.web import create_app

# What gunicorn's own workers end with when an application cannot be loaded (gunicorn.arbiter.Arbiter): it
# then stops as a whole, where any other status makes it start worker after worker.
APP_LOAD_ERROR = 4

load_dotenv(find_dotenv(usecwd=True))
try:
    app = create_app(build_runtime(load_settings()))
except SettingsError as error:
    print(*error.problems, sep="\n", file=sys.stderr)  # noqa: T201 - there is no page yet to say it on
    sys.exit(APP_LOAD_ERROR)
