-- +goose Up
-- Volunteers: persons, whether or not they have an account. No resident registration number, ever.
-- claim_hash is the SHA-256 of the code with which a person registered on paper makes the record his own.
CREATE TABLE volunteers (
    id            text        NOT NULL,
    number        text        NOT NULL,
    name          text        NOT NULL,
    search        text        NOT NULL,
    birth_date    date        NOT NULL,
    sex           text        NOT NULL,
    region_code   text        NOT NULL,
    mobile        text,
    email         text,
    status        text        NOT NULL,
    camp_id       text,
    registered_on date        NOT NULL,
    registered_at datetime NOT NULL,
    registered_by text,
    claim_hash    text,
    version       integer     NOT NULL,
    CONSTRAINT volunteers_pkey PRIMARY KEY (id),
    CONSTRAINT volunteers_number_key UNIQUE (number),
    CONSTRAINT volunteers_sex_check CHECK (sex IN ('female', 'male', 'undisclosed')),
    CONSTRAINT volunteers_status_check CHECK (status IN ('active', 'pending_guardian', 'withdrawn')),
    CONSTRAINT volunteers_region_fkey FOREIGN KEY (region_code) REFERENCES regions (code),
    CONSTRAINT volunteers_version_integer CHECK (typeof(version) = 'integer')
);
CREATE INDEX volunteers_camp_idx ON volunteers (camp_id, id);
CREATE INDEX volunteers_region_idx ON volunteers (region_code);
CREATE INDEX volunteers_mobile_idx ON volunteers (mobile);

-- Where a person lived since when: the rates of a past day use the residence of that day.
CREATE TABLE residences (
    volunteer_id text NOT NULL,
    since        date NOT NULL,
    region_code  text NOT NULL,
    CONSTRAINT residences_pkey PRIMARY KEY (volunteer_id, since),
    CONSTRAINT residences_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT residences_region_fkey FOREIGN KEY (region_code) REFERENCES regions (code)
);

-- Consents as given and taken back; the latest row of a purpose counts.
CREATE TABLE consents (
    id           text        NOT NULL,
    volunteer_id text        NOT NULL,
    purpose      text        NOT NULL,
    version      text        NOT NULL,
    granted      boolean     NOT NULL,
    given_at     datetime NOT NULL,
    given_by     text,
    medium       text        NOT NULL,
    CONSTRAINT consents_pkey PRIMARY KEY (id),
    CONSTRAINT consents_purpose_check CHECK (purpose IN ('terms', 'privacy', 'insurance', 'link_1365', 'messages', 'guardian')),
    CONSTRAINT consents_medium_check CHECK (medium IN ('online', 'paper')),
    CONSTRAINT consents_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);
CREATE INDEX consents_volunteer_idx ON consents (volunteer_id, purpose, given_at);

-- Guardians of minors; guardian_volunteer_id when the guardian is a registered person himself.
CREATE TABLE guardians (
    id                    text        NOT NULL,
    volunteer_id          text        NOT NULL,
    name                  text        NOT NULL,
    mobile                text        NOT NULL,
    relation              text        NOT NULL,
    guardian_volunteer_id text,
    declared_at           datetime NOT NULL,
    confirmed_at          datetime,
    confirmed_by          text,
    CONSTRAINT guardians_pkey PRIMARY KEY (id),
    CONSTRAINT guardians_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT guardians_guardian_fkey FOREIGN KEY (guardian_volunteer_id) REFERENCES volunteers (id)
);
CREATE INDEX guardians_volunteer_idx ON guardians (volunteer_id);
CREATE INDEX guardians_guardian_idx ON guardians (guardian_volunteer_id);
CREATE INDEX guardians_mobile_idx ON guardians (mobile);
-- +goose StatementBegin
CREATE TRIGGER consents_append_only BEFORE UPDATE ON consents
BEGIN
    SELECT RAISE(ABORT, 'consents is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents
BEGIN
    SELECT RAISE(ABORT, 'consents is append-only');
END;
-- +goose StatementEnd
