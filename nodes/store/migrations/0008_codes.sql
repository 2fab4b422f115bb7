-- The code of a carry pack, by which anybody who has the paper can ask whether it is valid. One for each trip of a case; it says nothing by itself.
CREATE TABLE case_code (
	case_id TEXT   NOT NULL,
	trip    BIGINT NOT NULL, -- from 1
	member  TEXT   NOT NULL,
	code    TEXT   NOT NULL UNIQUE,
	made_at TEXT   NOT NULL,
	PRIMARY KEY (case_id, trip)
);
