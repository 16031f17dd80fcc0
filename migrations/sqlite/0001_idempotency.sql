-- +goose Up
-- Idempotency keys: claimed in the transaction of the effect, so that a key is there if and only if its effect is.
CREATE TABLE idempotency_keys (
    actor_id     text        NOT NULL,
    key          text        NOT NULL,
    request_id   text        NOT NULL,
    route        text        NOT NULL,
    request_hash text        NOT NULL,
    claimed_at   datetime NOT NULL,
    status       integer,
    location     text,
    etag         text,
    body         text,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor_id, key),
    CONSTRAINT idempotency_keys_status_integer CHECK (typeof(status) IN ('integer', 'null'))
);
CREATE INDEX idempotency_keys_claimed_at_idx ON idempotency_keys (claimed_at);
