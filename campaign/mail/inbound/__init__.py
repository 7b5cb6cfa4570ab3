"""Mail and reports that come in: read, checked, and trusted in nothing."""
