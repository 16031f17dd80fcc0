-- +goose Up
-- Documents (증빙 서류): what was uploaded, as proof of a late entry, in a dispute or for a claim. The bytes lie in the vault,
-- outside the database and encrypted; the row knows their hash. Rows never change; who uses a document refers to it.
CREATE TABLE documents (
    id           text        NOT NULL,
    purpose      text        NOT NULL,
    content_type text        NOT NULL,
    size         integer      NOT NULL,
    sha256       text        NOT NULL,
    file_name    text        NOT NULL,
    uploaded_by  text        NOT NULL,
    volunteer_id text,
    uploaded_at  datetime NOT NULL,
    CONSTRAINT documents_pkey PRIMARY KEY (id),
    CONSTRAINT documents_purpose_check CHECK (purpose IN ('late_proof', 'dispute', 'claim')),
    CONSTRAINT documents_size_check CHECK (size > 0),
    CONSTRAINT documents_sha256_check CHECK (length(sha256) = 64),
    CONSTRAINT documents_account_fkey FOREIGN KEY (uploaded_by) REFERENCES accounts (id),
    CONSTRAINT documents_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT documents_size_integer CHECK (typeof(size) = 'integer')
);
CREATE INDEX documents_account_idx ON documents (uploaded_by, uploaded_at);
-- +goose StatementBegin
CREATE TRIGGER documents_append_only BEFORE UPDATE ON documents
BEGIN
    SELECT RAISE(ABORT, 'documents is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents
BEGIN
    SELECT RAISE(ABORT, 'documents is append-only');
END;
-- +goose StatementEnd

-- Keys with which the vault is locked; the newest locks, all unlock.
CREATE TABLE document_keys (
    secret     text        NOT NULL,
    created_at datetime NOT NULL,
    CONSTRAINT document_keys_pkey PRIMARY KEY (secret)
);
