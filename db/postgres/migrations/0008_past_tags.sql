ALTER TABLE "webhooks" ADD COLUMN "tag" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "changes" ADD COLUMN "tags" text COLLATE "C";--> statement-breakpoint
CREATE INDEX "changes_tags" ON "changes" USING btree ("product_key","seq") WHERE tags IS NOT NULL;