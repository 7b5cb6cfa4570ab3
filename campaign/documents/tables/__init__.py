"""Long tables written as CSV, XLSX and JSON, in a stream."""
