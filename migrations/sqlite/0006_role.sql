-- +goose Up
-- Roles granted to accounts, with scope and term; a grant is ended, never deleted.
CREATE TABLE role_grants (
    id         text        NOT NULL,
    account_id text        NOT NULL,
    role       text        NOT NULL,
    scope_type text        NOT NULL,
    scope_id   text        NOT NULL,
    starts_at  datetime NOT NULL,
    ends_at    datetime,
    granted_by text,
    reason     text        NOT NULL,
    revoked_at datetime,
    revoked_by text,
    CONSTRAINT role_grants_pkey PRIMARY KEY (id),
    CONSTRAINT role_grants_role_check CHECK (role IN ('camp_head', 'camp_keeper', 'demand_site_manager', 'centre_officer', 'analyst', 'administrator')),
    CONSTRAINT role_grants_scope_check CHECK (scope_type IN ('city', 'camp', 'demand_site')),
    CONSTRAINT role_grants_term_check CHECK (ends_at IS NULL OR ends_at > starts_at),
    CONSTRAINT role_grants_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX role_grants_live_key ON role_grants (account_id, role, scope_id) WHERE revoked_at IS NULL;
CREATE INDEX role_grants_scope_idx ON role_grants (scope_id);

-- The city's own log of who did what to whose data; append-only.
CREATE TABLE audit_events (
    id           text        NOT NULL,
    happened_at  datetime NOT NULL,
    account_id   text,
    action       text        NOT NULL,
    subject_type text        NOT NULL,
    subject_id   text        NOT NULL,
    volunteer_id text,
    request_id   text        NOT NULL,
    reason       text        NOT NULL,
    detail       text        NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_events_volunteer_idx ON audit_events (volunteer_id, happened_at);
CREATE INDEX audit_events_subject_idx ON audit_events (subject_type, subject_id, happened_at);
-- +goose StatementBegin
CREATE TRIGGER audit_events_append_only BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;
-- +goose StatementEnd
