"""Drafts the migration from the last schema to what the models say now.

`make migration NAME="why there is a column"` runs it. Read what it wrote: a rename it takes for
something dropped and something new, and it knows nothing of the rows that are there already.
"""

import os
import sys
import tempfile
from pathlib import Path

from alembic import command

from campaign.store import schema
from campaign.store.database import Database


def main() -> int:
    """Write the draft and say where it is; 2 without a name."""
    name = os.environ.get("NAME", "").strip()
    if not name:
        sys.stderr.write('Say what it is for: make migration NAME="digests have a subject of their own"\n')
        return 2
    number = f"{int(schema.head_revision()) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder, 'scratch.db')}")
        try:
            schema.upgrade(database)
            config = schema.config(database.engine)
            config.set_main_option("file_template", f"{number}_%%(slug)s")
            command.revision(config, message=name, autogenerate=True, rev_id=number)
        finally:
            database.close()
    sys.stdout.write("Read it and mend it: what becomes of the rows that are there, on both databases?\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
