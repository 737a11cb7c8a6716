CREATE TABLE "product_tags" (
	"tag" text COLLATE "C" NOT NULL,
	"product_key" bigint NOT NULL,
	"since" bigint NOT NULL,
	CONSTRAINT "product_tags_tag_product_key_pk" PRIMARY KEY("tag","product_key")
);
--> statement-breakpoint
ALTER TABLE "products" ADD COLUMN "tags" text COLLATE "C" DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "products" ADD COLUMN "metadata" text COLLATE "C" DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "product_tags" ADD CONSTRAINT "product_tags_product_key_products_key_fk" FOREIGN KEY ("product_key") REFERENCES "public"."products"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "product_tags_product" ON "product_tags" USING btree ("product_key");--> statement-breakpoint
CREATE INDEX "products_updated_at" ON "products" USING btree ("updated_at");