"""The application for any WSGI server: `gunicorn wsgi:app`, `flask --app wsgi …`."""

from dotenv import load_dotenv

from campaign.runtime import build_runtime
from campaign.settings import load_settings
from campaign.web import create_app

load_dotenv()
app = create_app(build_runtime(load_settings()))
