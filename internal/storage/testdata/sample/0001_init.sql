CREATE TABLE item (
    id   {{.Identity}} PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    body {{.Blob}},
    paid BOOLEAN NOT NULL DEFAULT FALSE,
    at   TEXT NOT NULL DEFAULT ''
);
CREATE TABLE history (n BIGINT PRIMARY KEY);
{{appendOnly "history"}}
