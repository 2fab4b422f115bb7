-- What somebody supposed of a country and saved under a name. It is no record: whoever may save may also remove.
CREATE TABLE scenario (
    id      TEXT PRIMARY KEY,
    country TEXT NOT NULL,
    name    TEXT NOT NULL,
    made    TEXT NOT NULL,
    made_by TEXT NOT NULL, -- opaque id of the account
    body    TEXT NOT NULL, -- the change that is supposed
    UNIQUE (country, name)
);

-- The files that are papers of a meeting, told apart by their SHA-256. The book of the meetings says which meeting each is of, and its name.
CREATE TABLE meeting_paper (
    digest TEXT PRIMARY KEY,
    body   {{.Blob}} NOT NULL
);
{{appendOnly "meeting_paper"}}
