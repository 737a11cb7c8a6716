ALTER TABLE "credentials" ADD COLUMN "reregister_at" bigint;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "reregistered_key" bigint;--> statement-breakpoint
CREATE INDEX "deleted_products_seq" ON "deleted_products" USING btree ("seq");