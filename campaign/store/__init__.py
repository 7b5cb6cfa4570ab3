"""What is remembered: the tables, the engine for each database, and the queries that need thought."""
