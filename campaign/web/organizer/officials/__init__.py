"""The officials of a campaign on the desk."""
