-- What the hub has for the nodes. The event goes out once the node has said where it stands, and is then in the log of its channel: what stays
-- here is its digest, by which nothing is told twice, also not by a hub that was rebuilt.
CREATE TABLE telling (
    number    {{.Identity}} PRIMARY KEY,
    recipient TEXT NOT NULL,
    digest    TEXT NOT NULL,
    type      TEXT NOT NULL,
    event     TEXT, -- NULL once written to the channel
    UNIQUE (recipient, digest)
);
CREATE INDEX telling_waits ON telling (recipient, number) WHERE event IS NOT NULL;
