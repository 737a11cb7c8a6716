CREATE TABLE `webhooks` (
	`key` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`url` text NOT NULL,
	`types` text NOT NULL,
	`product_id` text,
	`batch_size` integer NOT NULL,
	`enabled` integer NOT NULL,
	`created_at` integer NOT NULL,
	`version` integer NOT NULL,
	`secret` text NOT NULL,
	`previous_secret` text,
	`previous_until` integer,
	`cursor` integer NOT NULL,
	`pending` integer,
	`failures` integer NOT NULL,
	`failing_since` integer,
	`last_status` integer,
	`last_error` text,
	`next_attempt_at` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `webhooks_id_unique` ON `webhooks` (`id`);