CREATE TABLE `product_tags` (
	`tag` text NOT NULL,
	`product_key` integer NOT NULL,
	`since` integer NOT NULL,
	PRIMARY KEY(`tag`, `product_key`),
	FOREIGN KEY (`product_key`) REFERENCES `products`(`key`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `product_tags_product` ON `product_tags` (`product_key`);--> statement-breakpoint
ALTER TABLE `products` ADD `tags` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `metadata` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
CREATE INDEX `products_updated_at` ON `products` (`updated_at`);