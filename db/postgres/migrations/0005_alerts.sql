CREATE TABLE "alert_firings" (
	"alert_id" text COLLATE "C" NOT NULL,
	"at" bigint NOT NULL,
	"product_key" bigint NOT NULL,
	"price" bigint,
	"previous_price" bigint,
	"reference" bigint,
	CONSTRAINT "alert_firings_alert_id_at_product_key_pk" PRIMARY KEY("alert_id","at","product_key")
);
--> statement-breakpoint
CREATE TABLE "alert_revision" (
	"key" smallint PRIMARY KEY NOT NULL,
	"revision" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_states" (
	"alert_id" text COLLATE "C" NOT NULL,
	"product_key" bigint NOT NULL,
	"armed" boolean NOT NULL,
	"fired_at" bigint,
	CONSTRAINT "alert_states_alert_id_product_key_pk" PRIMARY KEY("alert_id","product_key")
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"product_key" bigint,
	"tag" text COLLATE "C",
	"rule" text COLLATE "C" NOT NULL,
	"enabled" boolean NOT NULL,
	"since" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "changes" ADD COLUMN "alert" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "alert_firings" ADD CONSTRAINT "alert_firings_alert_id_alerts_id_fk" FOREIGN KEY ("alert_id") REFERENCES "public"."alerts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_firings" ADD CONSTRAINT "alert_firings_product_key_products_key_fk" FOREIGN KEY ("product_key") REFERENCES "public"."products"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_states" ADD CONSTRAINT "alert_states_alert_id_alerts_id_fk" FOREIGN KEY ("alert_id") REFERENCES "public"."alerts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_states" ADD CONSTRAINT "alert_states_product_key_products_key_fk" FOREIGN KEY ("product_key") REFERENCES "public"."products"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_product_key_products_key_fk" FOREIGN KEY ("product_key") REFERENCES "public"."products"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_firings_product" ON "alert_firings" USING btree ("product_key");--> statement-breakpoint
CREATE INDEX "alert_states_product" ON "alert_states" USING btree ("product_key");--> statement-breakpoint
CREATE INDEX "alerts_product" ON "alerts" USING btree ("product_key") WHERE product_key IS NOT NULL;
--> statement-breakpoint
INSERT INTO "alert_revision" VALUES (1, 0);
