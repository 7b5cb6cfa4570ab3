"""News that organizers send to those who asked for it: written, approved by a second person, and sent."""
