-- The books of the network's common matters, told apart by their name: the pot of solidarity and the charter. As the investments they are the hub's
-- own facts, which only a backup brings back. The day is when an entry counts, the number the order in which it was written.
CREATE TABLE book_entry (
    book        TEXT NOT NULL,
    number      BIGINT NOT NULL,
    day         TEXT NOT NULL,
    recorded    TEXT NOT NULL,
    recorded_by TEXT NOT NULL, -- opaque id of the account
    kind        TEXT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (book, number)
);
{{appendOnly "book_entry"}}
