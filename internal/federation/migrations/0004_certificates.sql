-- When the certificates end by which this party and the broker know each other, as JSON; by name, as the program that looked saw them.
ALTER TABLE fed_watch ADD COLUMN certificates TEXT NOT NULL DEFAULT '{}';
