CREATE TABLE `search_state` (
	`key` integer PRIMARY KEY NOT NULL,
	`folding` integer NOT NULL,
	`done_key` integer
) STRICT;
--> statement-breakpoint
-- By hand: the index holds terms that the program makes, and not the text. All are made at the next start,
-- since this folding is not one that any version has.
INSERT INTO search_state (key, folding) VALUES (1, 0);
--> statement-breakpoint
DROP TRIGGER products_fts_update;
--> statement-breakpoint
DROP TRIGGER products_fts_delete;
--> statement-breakpoint
DROP TABLE products_fts;
--> statement-breakpoint
CREATE VIRTUAL TABLE products_fts USING fts5(
	terms, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '.'"
);
--> statement-breakpoint
INSERT INTO products_fts (products_fts, rank) VALUES ('usermerge', 2);
--> statement-breakpoint
CREATE TRIGGER products_fts_delete AFTER DELETE ON products BEGIN
	DELETE FROM products_fts WHERE rowid = old.key;
END;
