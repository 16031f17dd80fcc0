-- +goose Up
-- Certificates (활동확인서): what was certified, frozen. ledger_sequence and ledger_head are the last entry that the
-- account had when it was issued: whether the certified minutes still stand is read from the entries after it.
CREATE TABLE certificates (
    id               uuid        NOT NULL,
    number           text        NOT NULL,
    volunteer_id     uuid        NOT NULL,
    account_id       uuid        NOT NULL,
    ledger_sequence  bigint      NOT NULL,
    ledger_head      text        NOT NULL,
    name             text        NOT NULL,
    birth_date       date        NOT NULL,
    volunteer_number text        NOT NULL,
    from_day         date        NOT NULL,
    to_day           date        NOT NULL,
    show             text        NOT NULL,
    field_codes      text        NOT NULL,
    language         text        NOT NULL,
    purpose          text        NOT NULL,
    minutes          integer     NOT NULL,
    issuer           text        NOT NULL,
    issued_at        timestamptz NOT NULL,
    issued_on        date        NOT NULL,
    content_hash     text        NOT NULL,
    paper_hash       text        NOT NULL,
    CONSTRAINT certificates_pkey PRIMARY KEY (id),
    CONSTRAINT certificates_number_key UNIQUE (number),
    CONSTRAINT certificates_period_check CHECK (to_day >= from_day),
    CONSTRAINT certificates_show_check CHECK (show IN ('activities', 'sums')),
    CONSTRAINT certificates_language_check CHECK (language IN ('ko', 'en')),
    CONSTRAINT certificates_minutes_check CHECK (minutes > 0),
    CONSTRAINT certificates_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT certificates_account_fkey FOREIGN KEY (account_id) REFERENCES ledger_accounts (id)
);
CREATE INDEX certificates_volunteer_idx ON certificates (volunteer_id, id);

-- What the certified minutes consist of: one presence on one day each.
CREATE TABLE certificate_lines (
    certificate_id uuid    NOT NULL,
    line           integer NOT NULL,
    attendance_id  uuid    NOT NULL,
    day            date    NOT NULL,
    minutes        integer NOT NULL,
    title          text    NOT NULL,
    organiser      text    NOT NULL,
    place          text    NOT NULL,
    field_code     text    NOT NULL,
    field_name     text    NOT NULL,
    CONSTRAINT certificate_lines_pkey PRIMARY KEY (certificate_id, line),
    CONSTRAINT certificate_lines_certificate_id_attendance_id_day_key UNIQUE (certificate_id, attendance_id, day),
    CONSTRAINT certificate_lines_minutes_check CHECK (minutes > 0),
    CONSTRAINT certificate_lines_certificate_fkey FOREIGN KEY (certificate_id) REFERENCES certificates (id),
    CONSTRAINT certificate_lines_attendance_fkey FOREIGN KEY (attendance_id) REFERENCES attendances (id)
);

-- The PDF as it was issued, to the byte.
CREATE TABLE certificate_papers (
    certificate_id uuid  NOT NULL,
    pdf            bytea NOT NULL,
    CONSTRAINT certificate_papers_pkey PRIMARY KEY (certificate_id),
    CONSTRAINT certificate_papers_certificate_fkey FOREIGN KEY (certificate_id) REFERENCES certificates (id)
);

CREATE TABLE certificate_revocations (
    certificate_id uuid        NOT NULL,
    revoked_at     timestamptz NOT NULL,
    revoked_by     uuid        NOT NULL,
    reason         text        NOT NULL,
    CONSTRAINT certificate_revocations_pkey PRIMARY KEY (certificate_id),
    CONSTRAINT certificate_revocations_certificate_fkey FOREIGN KEY (certificate_id) REFERENCES certificates (id)
);
CREATE TRIGGER certificates_append_only BEFORE UPDATE OR DELETE ON certificates FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certificates_no_truncate BEFORE TRUNCATE ON certificates FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certificate_lines_append_only BEFORE UPDATE OR DELETE ON certificate_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certificate_lines_no_truncate BEFORE TRUNCATE ON certificate_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certificate_papers_append_only BEFORE UPDATE OR DELETE ON certificate_papers FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certificate_papers_no_truncate BEFORE TRUNCATE ON certificate_papers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certificate_revocations_append_only BEFORE UPDATE OR DELETE ON certificate_revocations FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certificate_revocations_no_truncate BEFORE TRUNCATE ON certificate_revocations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
