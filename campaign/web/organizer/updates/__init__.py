"""Updates to supporters on the desk, and the organizers' own words in other emails."""
