-- +goose Up
-- Endpoints of other systems that are told what happened. One that is ended stays, for its deliveries; one without a
-- secret is sent nothing yet.
CREATE TABLE webhook_endpoints (
    id              text        NOT NULL,
    url             text        NOT NULL,
    description     text        NOT NULL,
    organiser_id    text,
    secret          text        NOT NULL,
    former_secret   text        NOT NULL,
    former_until    datetime,
    paused          boolean     NOT NULL,
    created_at      datetime NOT NULL,
    created_by      text        NOT NULL,
    ended_at        datetime,
    version         integer     NOT NULL,
    CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_endpoints_version_integer CHECK (typeof(version) = 'integer')
);

-- What an endpoint wants to be told.
CREATE TABLE webhook_topics (
    endpoint_id text NOT NULL,
    topic       text NOT NULL,
    CONSTRAINT webhook_topics_pkey PRIMARY KEY (topic, endpoint_id),
    CONSTRAINT webhook_topics_endpoint_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id)
);

-- The outbox: one message for one endpoint, written with the fact that it tells. The id is the receiver's, too.
-- A message that is being sent is not due before its lease is over. There is no foreign key to the endpoint: every post
-- would lock its row, the one row they all share.
CREATE TABLE webhook_deliveries (
    id           text        NOT NULL,
    endpoint_id  text        NOT NULL,
    topic        text        NOT NULL,
    happened_at  datetime NOT NULL,
    data         text        NOT NULL,
    state        text        NOT NULL,
    attempts     integer     NOT NULL,
    due_at       datetime NOT NULL,
    delivered_at datetime,
    last_status  integer,
    last_error   text        NOT NULL,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_deliveries_state_check CHECK (state IN ('pending', 'delivered', 'dead')),
    CONSTRAINT webhook_deliveries_attempts_check CHECK (attempts >= 0),
    CONSTRAINT webhook_deliveries_delivered_check CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
    CONSTRAINT webhook_deliveries_attempts_integer CHECK (typeof(attempts) = 'integer'),
    CONSTRAINT webhook_deliveries_last_status_integer CHECK (typeof(last_status) IN ('integer', 'null'))
);
CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (endpoint_id, due_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_state_idx ON webhook_deliveries (state, happened_at, id);
CREATE INDEX webhook_deliveries_endpoint_idx ON webhook_deliveries (endpoint_id, happened_at, id);
