"""Takes from everybody what they could read, as a key does that is missing for a while, and gives it back."""

from sqlalchemy import text

from campaign.store.database import Database


def lose(database: Database, table: str, column: str, where: str = "1 = 1") -> None:
    """Let no key open a column of some rows."""
    with database.transaction() as session:
        there = f"{column} != '' AND {where}"
        session.execute(text(f"UPDATE {table} SET {column} = 'x' || {column} WHERE {there}"))


def find_again(database: Database, table: str, column: str, where: str = "1 = 1") -> None:
    """Let the keys open again what was lost."""
    with database.transaction() as session:
        lost = f"{column} LIKE 'x%' AND {where}"
        session.execute(text(f"UPDATE {table} SET {column} = substr({column}, 2) WHERE {lost}"))
