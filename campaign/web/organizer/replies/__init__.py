"""Answers of offices on the desk."""
