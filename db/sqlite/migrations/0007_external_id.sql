ALTER TABLE `products` ADD `external_id` text;--> statement-breakpoint
CREATE UNIQUE INDEX `products_external_id` ON `products` (`external_id`) WHERE external_id IS NOT NULL;