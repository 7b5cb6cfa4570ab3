"""The queue of emails on the desk."""
