"""The least a Flask application can do: what the server and the framework cost by themselves."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def word() -> str:
    return "ok"
