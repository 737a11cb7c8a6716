ALTER TABLE `webhooks` ADD `tag` text;--> statement-breakpoint
ALTER TABLE `changes` ADD `tags` text;--> statement-breakpoint
CREATE INDEX `changes_tags` ON `changes` (`product_key`,`seq`) WHERE tags IS NOT NULL;