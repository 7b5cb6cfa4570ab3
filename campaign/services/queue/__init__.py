"""The outbox as organizers see and steer it."""
