-- +goose Up
-- Roles granted to accounts, with scope and term; a grant is ended, never deleted.
CREATE TABLE role_grants (
    id         uuid        NOT NULL,
    account_id uuid        NOT NULL,
    role       text        NOT NULL,
    scope_type text        NOT NULL,
    scope_id   uuid        NOT NULL,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz,
    granted_by uuid,
    reason     text        NOT NULL,
    revoked_at timestamptz,
    revoked_by uuid,
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
    id           uuid        NOT NULL,
    happened_at  timestamptz NOT NULL,
    account_id   uuid,
    action       text        NOT NULL,
    subject_type text        NOT NULL,
    subject_id   text        NOT NULL,
    volunteer_id uuid,
    request_id   text        NOT NULL,
    reason       text        NOT NULL,
    detail       text        NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_events_volunteer_idx ON audit_events (volunteer_id, happened_at);
CREATE INDEX audit_events_subject_idx ON audit_events (subject_type, subject_id, happened_at);
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
