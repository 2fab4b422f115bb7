CREATE TABLE counter (n BIGINT NOT NULL);
INSERT INTO counter (n) VALUES (0);
{{if .Postgres}}
CREATE VIEW engine_name AS SELECT 'postgres' AS name;
{{else}}
CREATE VIEW engine_name AS SELECT 'sqlite' AS name;
{{end}}
