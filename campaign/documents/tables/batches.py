"""The shape in which long tables are written: batches, and in a batch column by column."""

from collections.abc import Sequence

# One batch: for each column its cells, all of one length. Column-wise, a rule for cells costs one loop each.
Batch = Sequence[Sequence[str | None]]
