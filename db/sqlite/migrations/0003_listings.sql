CREATE TABLE `listings` (
	`product_key` integer PRIMARY KEY NOT NULL,
	`offers` text NOT NULL,
	`internals` text NOT NULL,
	FOREIGN KEY (`product_key`) REFERENCES `products`(`key`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
INSERT INTO listings (product_key, offers, internals)
	SELECT product_key,
		json_group_array(json_object(
			'id', id,
			'price', price,
			'items_in_stock', items_in_stock,
			'first_seen_at', strftime('%Y-%m-%dT%H:%M:%fZ', first_seen_at / 1000.0, 'unixepoch'),
			'changed_at', strftime('%Y-%m-%dT%H:%M:%fZ', changed_at / 1000.0, 'unixepoch'),
			'lowest_prior_30d', lowest_prior
		) ORDER BY price, id),
		json_group_array(json_array(number, changed_at, hex(past_prices)) ORDER BY price, id)
	FROM offers WHERE delisted_at IS NULL GROUP BY product_key;
--> statement-breakpoint
CREATE TABLE `__new_offers` (
	`product_key` integer NOT NULL,
	`number` integer NOT NULL,
	`id` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	`delisted_at` integer,
	`price` integer,
	`lowest_prior` integer,
	`past_prices` text,
	PRIMARY KEY(`product_key`, `number`),
	FOREIGN KEY (`product_key`) REFERENCES `products`(`key`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO __new_offers
	SELECT product_key, number, id, first_seen_at, delisted_at, iif(delisted_at IS NULL, NULL, price),
		iif(delisted_at IS NULL, NULL, lowest_prior), iif(delisted_at IS NULL, NULL, hex(past_prices))
	FROM offers;
--> statement-breakpoint
DROP TABLE `offers`;--> statement-breakpoint
ALTER TABLE `__new_offers` RENAME TO `offers`;--> statement-breakpoint
CREATE UNIQUE INDEX `offers_product_id` ON `offers` (`product_key`,`id`);--> statement-breakpoint
-- In place of the triggers that went with the table: the writer counts what each poll changes.
CREATE TRIGGER offers_count_delete AFTER DELETE ON refreshes WHEN old.offers_count > 0 BEGIN
	UPDATE totals SET offers = offers - old.offers_count;
END;
