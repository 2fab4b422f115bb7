-- Whoever came from an identity provider is known by the two names together: a subject is unique at its issuer alone
-- (OpenID Connect Core 1.0, section 5.7).

ALTER TABLE account ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
DROP INDEX account_subject;
CREATE UNIQUE INDEX account_subject ON account (issuer, subject) WHERE subject <> '';

-- How many challenges of one network address wait is bounded, so that nobody takes the places of all.
ALTER TABLE account_challenge ADD COLUMN address TEXT NOT NULL DEFAULT '';
