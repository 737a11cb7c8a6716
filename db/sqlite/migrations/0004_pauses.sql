CREATE TABLE `pauses` (
	`key` integer PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`until` integer NOT NULL
) STRICT;
