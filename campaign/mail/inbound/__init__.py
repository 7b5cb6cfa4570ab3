"""Mail and reports that come in, read and believed in nothing."""
