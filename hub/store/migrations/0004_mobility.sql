-- Mobility cases as their home nodes tell them: codes, countries and days, no name. The body is the event; the columns find it.
CREATE TABLE mobility_case (
    home     TEXT NOT NULL,
    id       TEXT NOT NULL, -- random
    state    TEXT NOT NULL,
    last_day TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (home, id)
);
CREATE INDEX mobility_case_day ON mobility_case (last_day, home, id);

-- The latest sealing key of each node, in the frame it signed: for the nodes that join later.
CREATE TABLE sealing_key (
    country   TEXT PRIMARY KEY,
    number    BIGINT NOT NULL,
    id        TEXT NOT NULL,
    protected TEXT NOT NULL,
    payload   TEXT NOT NULL,
    signature TEXT NOT NULL
);
