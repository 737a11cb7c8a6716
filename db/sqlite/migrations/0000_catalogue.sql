CREATE TABLE `changes` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`kind` integer NOT NULL,
	`product_key` integer NOT NULL,
	`offers` blob
) STRICT;
--> statement-breakpoint
CREATE TABLE `coverage` (
	`product_key` integer NOT NULL,
	`since` integer NOT NULL,
	`until` integer NOT NULL,
	`good` integer NOT NULL,
	PRIMARY KEY(`product_key`, `since`),
	FOREIGN KEY (`product_key`) REFERENCES `products`(`key`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `credentials` (
	`key` integer PRIMARY KEY NOT NULL,
	`account` text NOT NULL,
	`access_token` text NOT NULL,
	`expires_at` integer
) STRICT;
--> statement-breakpoint
CREATE TABLE `deleted_products` (
	`key` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`offers` text NOT NULL,
	`seq` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `deleted_products_id_unique` ON `deleted_products` (`id`);--> statement-breakpoint
CREATE TABLE `history` (
	`product_key` integer NOT NULL,
	`since` integer NOT NULL,
	`until` integer NOT NULL,
	`polls` blob NOT NULL,
	PRIMARY KEY(`product_key`, `since`),
	FOREIGN KEY (`product_key`) REFERENCES `products`(`key`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `offers` (
	`product_key` integer NOT NULL,
	`number` integer NOT NULL,
	`id` text NOT NULL,
	`price` integer NOT NULL,
	`items_in_stock` integer NOT NULL,
	`first_seen_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	`delisted_at` integer,
	`lowest_prior` integer,
	`past_prices` blob NOT NULL,
	PRIMARY KEY(`product_key`, `number`),
	FOREIGN KEY (`product_key`) REFERENCES `products`(`key`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `offers_product_id` ON `offers` (`product_key`,`id`);--> statement-breakpoint
CREATE INDEX `offers_on_sale` ON `offers` (`product_key`) WHERE delisted_at IS NULL;--> statement-breakpoint
CREATE TABLE `products` (
	`key` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`description` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`registration` text DEFAULT 'pending' NOT NULL,
	`registration_reason` text,
	`registration_failures` integer DEFAULT 0 NOT NULL,
	`register_at` integer,
	`registered_at` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `products_id_unique` ON `products` (`id`);--> statement-breakpoint
CREATE INDEX `products_name` ON `products` (`name_key`);--> statement-breakpoint
CREATE INDEX `products_register_at` ON `products` (`register_at`) WHERE register_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `refreshes` (
	`product_key` integer PRIMARY KEY NOT NULL,
	`due_at` integer,
	`checked_at` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`offers_count` integer DEFAULT 0 NOT NULL,
	`lowest_price` integer,
	`covered_since` integer,
	`failing_since` integer,
	`failed_at` integer,
	`rolled_until` integer,
	FOREIGN KEY (`product_key`) REFERENCES `products`(`key`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `refreshes_due_at` ON `refreshes` (`due_at`) WHERE due_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `refreshes_checked_at` ON `refreshes` (`checked_at`) WHERE due_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `refreshes_lowest_price` ON `refreshes` (`lowest_price`);--> statement-breakpoint
CREATE INDEX `refreshes_rolled_until` ON `refreshes` (`rolled_until`) WHERE rolled_until IS NOT NULL;--> statement-breakpoint
CREATE TABLE `rollups` (
	`product_key` integer NOT NULL,
	`series` integer NOT NULL,
	`day` integer NOT NULL,
	`hours` blob NOT NULL,
	PRIMARY KEY(`product_key`, `series`, `day`),
	FOREIGN KEY (`product_key`) REFERENCES `products`(`key`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `secrets` (
	`name` text PRIMARY KEY NOT NULL,
	`value` blob NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `totals` (
	`key` integer PRIMARY KEY NOT NULL,
	`products` integer NOT NULL,
	`pending` integer NOT NULL,
	`registered` integer NOT NULL,
	`offers` integer NOT NULL,
	`compacted_seq` integer NOT NULL
) STRICT;
--> statement-breakpoint
-- From here on by hand: what drizzle has no words for. STRICT and WITHOUT ROWID
-- above are by hand as well.
-- `PAGR`: marks the file as a database of this service.
PRAGMA application_id = 1346455378;
--> statement-breakpoint
INSERT INTO totals (key, products, pending, registered, offers, compacted_seq)
	VALUES (1, 0, 0, 0, 0, 0);
--> statement-breakpoint
CREATE TRIGGER products_count_insert AFTER INSERT ON products BEGIN
	UPDATE totals SET products = products + 1, pending = pending + (new.registration = 'pending'),
		registered = registered + (new.registration = 'registered');
END;
--> statement-breakpoint
CREATE TRIGGER products_count_update AFTER UPDATE OF registration ON products
WHEN old.registration <> new.registration BEGIN
	UPDATE totals SET
		pending = pending + (new.registration = 'pending') - (old.registration = 'pending'),
		registered = registered + (new.registration = 'registered') - (old.registration = 'registered');
END;
--> statement-breakpoint
CREATE TRIGGER products_count_delete AFTER DELETE ON products BEGIN
	UPDATE totals SET products = products - 1, pending = pending - (old.registration = 'pending'),
		registered = registered - (old.registration = 'registered');
END;
--> statement-breakpoint
CREATE TRIGGER offers_count_insert AFTER INSERT ON offers WHEN new.delisted_at IS NULL BEGIN
	UPDATE totals SET offers = offers + 1;
END;
--> statement-breakpoint
CREATE TRIGGER offers_count_update AFTER UPDATE OF delisted_at ON offers
WHEN (old.delisted_at IS NULL) <> (new.delisted_at IS NULL) BEGIN
	UPDATE totals SET offers = offers + (new.delisted_at IS NULL) - (old.delisted_at IS NULL);
END;
--> statement-breakpoint
CREATE TRIGGER offers_count_delete AFTER DELETE ON offers WHEN old.delisted_at IS NULL BEGIN
	UPDATE totals SET offers = offers - 1;
END;
--> statement-breakpoint
CREATE VIRTUAL TABLE products_fts USING fts5(
	name, description, content = 'products', content_rowid = 'key',
	tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
);
--> statement-breakpoint
CREATE TRIGGER products_fts_insert AFTER INSERT ON products BEGIN
	INSERT INTO products_fts (rowid, name, description)
		VALUES (new.key, new.name, new.description);
END;
--> statement-breakpoint
CREATE TRIGGER products_fts_update AFTER UPDATE OF name, description ON products BEGIN
	INSERT INTO products_fts (products_fts, rowid, name, description)
		VALUES ('delete', old.key, old.name, old.description);
	INSERT INTO products_fts (rowid, name, description)
		VALUES (new.key, new.name, new.description);
END;
--> statement-breakpoint
CREATE TRIGGER products_fts_delete AFTER DELETE ON products BEGIN
	INSERT INTO products_fts (products_fts, rowid, name, description)
		VALUES ('delete', old.key, old.name, old.description);
END;
