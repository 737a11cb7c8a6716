ALTER TABLE "listings" ADD COLUMN "low_price" bigint;--> statement-breakpoint
ALTER TABLE "listings" ADD COLUMN "low_at" bigint;--> statement-breakpoint
ALTER TABLE "listings" ADD COLUMN "high_price" bigint;--> statement-breakpoint
ALTER TABLE "listings" ADD COLUMN "high_at" bigint;--> statement-breakpoint
ALTER TABLE "listings" ADD COLUMN "extremes_until" bigint;