"""Rows, sealed: the database, its transactions, and one repository a table."""
