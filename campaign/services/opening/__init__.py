"""From a draft to an open campaign: its preview, what to look at before, and when it opens."""
