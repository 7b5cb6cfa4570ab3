"""Organizers' logins: who may come in, with which password, and for how long."""
