CREATE TABLE "changes" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"kind" smallint NOT NULL,
	"product_key" bigint NOT NULL,
	"offers" "bytea"
);
--> statement-breakpoint
CREATE TABLE "coverage" (
	"product_key" bigint NOT NULL,
	"since" bigint NOT NULL,
	"until" bigint NOT NULL,
	"good" boolean NOT NULL,
	CONSTRAINT "coverage_product_key_since_pk" PRIMARY KEY("product_key","since")
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"key" smallint PRIMARY KEY NOT NULL,
	"account" text COLLATE "C" NOT NULL,
	"access_token" text COLLATE "C" NOT NULL,
	"expires_at" bigint
);
--> statement-breakpoint
CREATE TABLE "deleted_products" (
	"key" bigint PRIMARY KEY NOT NULL,
	"id" text COLLATE "C" NOT NULL,
	"offers" text COLLATE "C" NOT NULL,
	"seq" bigint NOT NULL,
	CONSTRAINT "deleted_products_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "feed" (
	"key" smallint PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"compacted_seq" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"products" bigint NOT NULL,
	"pending" bigint NOT NULL,
	"registered" bigint NOT NULL,
	"offers" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "history" (
	"product_key" bigint NOT NULL,
	"since" bigint NOT NULL,
	"until" bigint NOT NULL,
	"polls" "bytea" NOT NULL,
	CONSTRAINT "history_product_key_since_pk" PRIMARY KEY("product_key","since")
);
--> statement-breakpoint
CREATE TABLE "instances" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "listings" (
	"product_key" bigint PRIMARY KEY NOT NULL,
	"offers_count" integer DEFAULT 0 NOT NULL,
	"lowest_price" bigint,
	"offers" text COLLATE "C" DEFAULT '[]' NOT NULL,
	"internals" text COLLATE "C" DEFAULT '[]' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "offers" (
	"product_key" bigint NOT NULL,
	"number" integer NOT NULL,
	"id" text COLLATE "C" NOT NULL,
	"first_seen_at" bigint NOT NULL,
	"delisted_at" bigint,
	"price" bigint,
	"lowest_prior" bigint,
	"past_prices" text COLLATE "C",
	CONSTRAINT "offers_product_key_number_pk" PRIMARY KEY("product_key","number")
);
--> statement-breakpoint
CREATE TABLE "pauses" (
	"key" smallint PRIMARY KEY NOT NULL,
	"since" bigint NOT NULL,
	"until" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polls" (
	"product_key" bigint PRIMARY KEY NOT NULL,
	"due_at" bigint,
	"checked_at" bigint,
	"covered_since" bigint,
	"failing_since" bigint,
	"failed_at" bigint,
	"rolled_until" bigint,
	"failures" integer DEFAULT 0 NOT NULL,
	"answer" text COLLATE "C",
	"fault" text COLLATE "C",
	"message" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "products" (
	"key" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "products_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"name_key" text COLLATE "C" NOT NULL,
	"description" text COLLATE "C" NOT NULL,
	"terms" "tsvector" NOT NULL,
	"external_id" text COLLATE "C",
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"registration" text COLLATE "C" DEFAULT 'pending' NOT NULL,
	"registration_reason" text COLLATE "C",
	"registration_failures" integer DEFAULT 0 NOT NULL,
	"register_at" bigint,
	"registered_at" bigint,
	"registration_fault" text COLLATE "C",
	"registration_message" text COLLATE "C",
	"registration_failed_at" bigint,
	CONSTRAINT "products_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "rollups" (
	"product_key" bigint NOT NULL,
	"series" integer NOT NULL,
	"day" integer NOT NULL,
	"hours" "bytea" NOT NULL,
	CONSTRAINT "rollups_product_key_series_day_pk" PRIMARY KEY("product_key","series","day")
);
--> statement-breakpoint
CREATE TABLE "search_state" (
	"key" smallint PRIMARY KEY NOT NULL,
	"folding" integer NOT NULL,
	"done_key" bigint
);
--> statement-breakpoint
CREATE TABLE "secrets" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"value" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shards" (
	"shard" smallint PRIMARY KEY NOT NULL,
	"owner" text COLLATE "C"
);
--> statement-breakpoint
ALTER TABLE "coverage" ADD CONSTRAINT "coverage_product_key_products_key_fk" FOREIGN KEY ("product_key") REFERENCES "public"."products"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "history" ADD CONSTRAINT "history_product_key_products_key_fk" FOREIGN KEY ("product_key") REFERENCES "public"."products"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "listings" ADD CONSTRAINT "listings_product_key_products_key_fk" FOREIGN KEY ("product_key") REFERENCES "public"."products"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "offers" ADD CONSTRAINT "offers_product_key_products_key_fk" FOREIGN KEY ("product_key") REFERENCES "public"."products"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polls" ADD CONSTRAINT "polls_product_key_products_key_fk" FOREIGN KEY ("product_key") REFERENCES "public"."products"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollups" ADD CONSTRAINT "rollups_product_key_products_key_fk" FOREIGN KEY ("product_key") REFERENCES "public"."products"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shards" ADD CONSTRAINT "shards_owner_instances_id_fk" FOREIGN KEY ("owner") REFERENCES "public"."instances"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "listings_lowest_price" ON "listings" USING btree ("lowest_price","product_key");--> statement-breakpoint
CREATE UNIQUE INDEX "offers_product_id" ON "offers" USING btree ("product_key","id");--> statement-breakpoint
CREATE INDEX "polls_failing" ON "polls" USING btree ("product_key") WHERE failures > 0;--> statement-breakpoint
CREATE INDEX "polls_rolled_until" ON "polls" USING btree ("rolled_until") WHERE rolled_until IS NOT NULL;--> statement-breakpoint
CREATE INDEX "products_terms" ON "products" USING gin ("terms");--> statement-breakpoint
CREATE UNIQUE INDEX "products_external_id" ON "products" USING btree ("external_id") WHERE external_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "products_name" ON "products" USING btree ("name_key","key");--> statement-breakpoint
CREATE INDEX "products_register_at" ON "products" USING btree ("register_at","key") WHERE register_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "products_rejected" ON "products" USING btree ("key") WHERE registration = 'rejected';--> statement-breakpoint
CREATE INDEX "shards_owner" ON "shards" USING btree ("owner");--> statement-breakpoint
-- Space in each page for the next version of a row, so that updates leave the indexes alone.
ALTER TABLE "polls" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
ALTER TABLE "listings" SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
ALTER TABLE "history" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
ALTER TABLE "feed" SET (fillfactor = 10);
--> statement-breakpoint
-- Compressed if long, but kept in the row.
ALTER TABLE "listings" ALTER COLUMN "offers" SET STORAGE MAIN;
--> statement-breakpoint
ALTER TABLE "listings" ALTER COLUMN "internals" SET STORAGE MAIN;
--> statement-breakpoint
ALTER TABLE "history" ALTER COLUMN "polls" SET STORAGE MAIN;
--> statement-breakpoint
INSERT INTO "feed" VALUES (1, 0, 0, 0, 0, 0, 0, 0);
--> statement-breakpoint
INSERT INTO "shards" ("shard") SELECT generate_series(0, 255);
