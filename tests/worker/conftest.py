from tests.scripted_sending import provider, runtime

__all__ = ["provider", "runtime"]
