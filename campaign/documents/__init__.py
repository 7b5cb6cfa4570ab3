"""Files read and written: letters read; tables, PDFs and share images written."""
