CREATE TABLE "webhooks" (
	"key" bigint PRIMARY KEY NOT NULL,
	"id" text COLLATE "C" NOT NULL,
	"url" text COLLATE "C" NOT NULL,
	"types" text COLLATE "C" NOT NULL,
	"product_id" text COLLATE "C",
	"batch_size" integer NOT NULL,
	"enabled" boolean NOT NULL,
	"created_at" bigint NOT NULL,
	"version" integer NOT NULL,
	"secret" text COLLATE "C" NOT NULL,
	"previous_secret" text COLLATE "C",
	"previous_until" bigint,
	"cursor" bigint NOT NULL,
	"pending" bigint,
	"failures" integer NOT NULL,
	"failing_since" bigint,
	"last_status" integer,
	"last_error" text COLLATE "C",
	"next_attempt_at" bigint,
	"owner" text COLLATE "C",
	CONSTRAINT "webhooks_id_unique" UNIQUE("id")
);
--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_owner_instances_id_fk" FOREIGN KEY ("owner") REFERENCES "public"."instances"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhooks_owner" ON "webhooks" USING btree ("owner");