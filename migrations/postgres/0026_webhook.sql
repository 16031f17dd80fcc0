-- +goose Up
-- Endpoints of other systems that are told what happened. One that is ended stays, for its deliveries; one without a
-- secret is sent nothing yet.
CREATE TABLE webhook_endpoints (
    id              uuid        NOT NULL,
    url             text        NOT NULL,
    description     text        NOT NULL,
    organiser_id    uuid,
    secret          text        NOT NULL,
    former_secret   text        NOT NULL,
    former_until    timestamptz,
    paused          boolean     NOT NULL,
    created_at      timestamptz NOT NULL,
    created_by      uuid        NOT NULL,
    ended_at        timestamptz,
    version         integer     NOT NULL,
    CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id)
);

-- What an endpoint wants to be told.
CREATE TABLE webhook_topics (
    endpoint_id uuid NOT NULL,
    topic       text NOT NULL,
    CONSTRAINT webhook_topics_pkey PRIMARY KEY (topic, endpoint_id),
    CONSTRAINT webhook_topics_endpoint_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id)
);

-- The outbox: one message for one endpoint, written with the fact that it tells. The id is the receiver's, too.
-- A message that is being sent is not due before its lease is over. There is no foreign key to the endpoint: every post
-- would lock its row, the one row they all share.
CREATE TABLE webhook_deliveries (
    id           uuid        NOT NULL,
    endpoint_id  uuid        NOT NULL,
    topic        text        NOT NULL,
    happened_at  timestamptz NOT NULL,
    data         text        NOT NULL,
    state        text        NOT NULL,
    attempts     integer     NOT NULL,
    due_at       timestamptz NOT NULL,
    delivered_at timestamptz,
    last_status  integer,
    last_error   text        NOT NULL,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_deliveries_state_check CHECK (state IN ('pending', 'delivered', 'dead')),
    CONSTRAINT webhook_deliveries_attempts_check CHECK (attempts >= 0),
    CONSTRAINT webhook_deliveries_delivered_check CHECK ((state = 'delivered') = (delivered_at IS NOT NULL))
);
CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (endpoint_id, due_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_state_idx ON webhook_deliveries (state, happened_at, id);
CREATE INDEX webhook_deliveries_endpoint_idx ON webhook_deliveries (endpoint_id, happened_at, id);
