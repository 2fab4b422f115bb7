-- What the board decided of its investments and what became of it. These are the hub's own facts: no node has them, and only a backup brings
-- them back. The day is when an entry counts, the number the order in which it was written.
CREATE TABLE investment_entry (
    number      BIGINT PRIMARY KEY,
    day         TEXT NOT NULL,
    recorded    TEXT NOT NULL,
    recorded_by TEXT NOT NULL, -- opaque id of the account
    kind        TEXT NOT NULL,
    body        TEXT NOT NULL
);
{{appendOnly "investment_entry"}}
