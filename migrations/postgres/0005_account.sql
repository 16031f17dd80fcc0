-- +goose Up
-- Accounts: who may sign in. A volunteer registered on paper has none until he claims one.
CREATE TABLE accounts (
    id            uuid        NOT NULL,
    login         text        NOT NULL,
    password_hash text        NOT NULL,
    volunteer_id  uuid,
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_login_key UNIQUE (login),
    CONSTRAINT accounts_volunteer_id_key UNIQUE (volunteer_id),
    CONSTRAINT accounts_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);

-- Sessions: one sign-in on one device; its refresh tokens form one family.
CREATE TABLE sessions (
    id         uuid        NOT NULL,
    account_id uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    end_reason text,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX sessions_account_idx ON sessions (account_id);

-- Refresh tokens, as SHA-256; each is used once.
CREATE TABLE refresh_tokens (
    hash       text        NOT NULL,
    session_id uuid        NOT NULL,
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (hash),
    CONSTRAINT refresh_tokens_session_fkey FOREIGN KEY (session_id) REFERENCES sessions (id)
);
CREATE INDEX refresh_tokens_session_idx ON refresh_tokens (session_id);

-- Failed sign-ins per login (as SHA-256, known or not), raised before the password is looked at.
CREATE TABLE login_failures (
    login_hash   text        NOT NULL,
    failures     integer     NOT NULL,
    window_start timestamptz NOT NULL,
    CONSTRAINT login_failures_pkey PRIMARY KEY (login_hash)
);

-- Keys that sign access tokens; the newest signs, those not retired still verify.
CREATE TABLE signing_keys (
    kid         text        NOT NULL,
    private_key text        NOT NULL,
    created_at  timestamptz NOT NULL,
    retired_at  timestamptz,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (kid)
);
