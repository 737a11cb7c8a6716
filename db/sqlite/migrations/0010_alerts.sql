CREATE TABLE `alert_firings` (
	`alert_id` text NOT NULL,
	`at` integer NOT NULL,
	`product_key` integer NOT NULL,
	`price` integer,
	`previous_price` integer,
	`reference` integer,
	PRIMARY KEY(`alert_id`, `at`, `product_key`),
	FOREIGN KEY (`alert_id`) REFERENCES `alerts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`product_key`) REFERENCES `products`(`key`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `alert_firings_product` ON `alert_firings` (`product_key`);--> statement-breakpoint
CREATE TABLE `alert_states` (
	`alert_id` text NOT NULL,
	`product_key` integer NOT NULL,
	`armed` integer NOT NULL,
	`fired_at` integer,
	PRIMARY KEY(`alert_id`, `product_key`),
	FOREIGN KEY (`alert_id`) REFERENCES `alerts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`product_key`) REFERENCES `products`(`key`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `alert_states_product` ON `alert_states` (`product_key`);--> statement-breakpoint
CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`product_key` integer,
	`tag` text,
	`rule` text NOT NULL,
	`enabled` integer NOT NULL,
	`since` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`product_key`) REFERENCES `products`(`key`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `alerts_product` ON `alerts` (`product_key`) WHERE product_key IS NOT NULL;--> statement-breakpoint
ALTER TABLE `changes` ADD `alert` text;--> statement-breakpoint
ALTER TABLE `totals` ADD `alerts_revision` integer DEFAULT 0 NOT NULL;