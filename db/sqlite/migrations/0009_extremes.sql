ALTER TABLE `refreshes` ADD `low_price` integer;--> statement-breakpoint
ALTER TABLE `refreshes` ADD `low_at` integer;--> statement-breakpoint
ALTER TABLE `refreshes` ADD `high_price` integer;--> statement-breakpoint
ALTER TABLE `refreshes` ADD `high_at` integer;--> statement-breakpoint
ALTER TABLE `refreshes` ADD `extremes_until` integer;