-- A statement with triggers opens a savepoint, and at each one FTS5 writes out what it has gathered.
DROP TRIGGER products_fts_insert;
--> statement-breakpoint
DROP TRIGGER products_count_insert;
