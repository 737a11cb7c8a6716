ALTER TABLE `products` ADD `registration_fault` text;--> statement-breakpoint
ALTER TABLE `products` ADD `registration_message` text;--> statement-breakpoint
ALTER TABLE `products` ADD `registration_failed_at` integer;--> statement-breakpoint
CREATE INDEX `products_rejected` ON `products` (`key`) WHERE registration = 'rejected';--> statement-breakpoint
ALTER TABLE `refreshes` ADD `fault` text;--> statement-breakpoint
ALTER TABLE `refreshes` ADD `message` text;--> statement-breakpoint
CREATE INDEX `refreshes_stopped_checked_at` ON `refreshes` (`checked_at`) WHERE due_at IS NULL AND checked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `refreshes_failing` ON `refreshes` (`product_key`) WHERE failures > 0;
--> statement-breakpoint
-- By hand: what is known of the products that were rejected before.
UPDATE products SET registration_failures = 1, registration_fault = 'rejected',
	registration_message = registration_reason
	WHERE registration = 'rejected';
