-- Packs that were made for the board's meetings, and what the board published for the members and the assembly. These are the hub's own facts: no node
-- has them, and only a backup brings them back.
CREATE TABLE board_pack (
    number BIGINT PRIMARY KEY,
    day    TEXT NOT NULL, -- of the meeting
    as_of  TEXT NOT NULL, -- the moment whose data it shows
    body   TEXT NOT NULL  -- the rest of it, with the digest of each file
);
{{appendOnly "board_pack"}}

CREATE TABLE assembly_account (
    number BIGINT PRIMARY KEY,
    year   BIGINT NOT NULL,
    at     TEXT NOT NULL,
    body   TEXT NOT NULL -- the figures as they were published, or that they were withdrawn
);
{{appendOnly "assembly_account"}}
