-- +goose Up
-- Publications (통계 공표): a year's figures as they were known at an instant, protected and frozen, for analysts or for everybody.
-- What is published stays; a newer version says what it supersedes.
CREATE TABLE publications (
    id                 uuid        NOT NULL,
    year               integer     NOT NULL,
    audience           text        NOT NULL,
    through            date        NOT NULL,
    note               text        NOT NULL,
    reason             text        NOT NULL,
    state              text        NOT NULL,
    proposed_by        uuid        NOT NULL,
    proposed_at        timestamptz NOT NULL,
    taken_until        timestamptz,
    as_of              timestamptz,
    definition_version integer     NOT NULL,
    threshold          integer     NOT NULL,
    round_to           integer     NOT NULL,
    population_of      date,
    follows            uuid,
    report             text        NOT NULL,
    failure            text        NOT NULL,
    decided_by         uuid,
    decided_at         timestamptz,
    decision           text        NOT NULL,
    version            integer     NOT NULL,
    hash               text        NOT NULL,
    supersedes         uuid,
    CONSTRAINT publications_pkey PRIMARY KEY (id),
    CONSTRAINT publications_audience_check CHECK (audience IN ('analyst', 'public')),
    CONSTRAINT publications_state_check CHECK (state IN ('preparing', 'prepared', 'published', 'failed', 'rejected')),
    CONSTRAINT publications_prepared_check CHECK (state IN ('preparing', 'failed') OR (as_of IS NOT NULL AND threshold > 0 AND round_to > 0 AND definition_version > 0)),
    CONSTRAINT publications_published_check CHECK ((state = 'published') = (version > 0) AND (state = 'published') = (hash <> '')),
    CONSTRAINT publications_decided_check CHECK ((state IN ('published', 'rejected')) = (decided_by IS NOT NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT publications_two_check CHECK (decided_by IS NULL OR decided_by <> proposed_by),
    CONSTRAINT publications_chain_check CHECK ((supersedes IS NULL) = (version <= 1)),
    CONSTRAINT publications_follows_fkey FOREIGN KEY (follows) REFERENCES publications (id),
    CONSTRAINT publications_supersedes_fkey FOREIGN KEY (supersedes) REFERENCES publications (id)
);
CREATE UNIQUE INDEX publications_year_audience_version_key ON publications (year, audience, version) WHERE version > 0;
CREATE UNIQUE INDEX publications_supersedes_key ON publications (supersedes) WHERE supersedes IS NOT NULL;
CREATE UNIQUE INDEX publications_year_audience_key ON publications (year, audience) WHERE state IN ('preparing', 'prepared');

CREATE TRIGGER publications_as_published BEFORE UPDATE ON publications FOR EACH ROW
    WHEN (OLD.state NOT IN ('preparing', 'prepared')) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER publications_no_delete BEFORE DELETE ON publications FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Lines are what is shown, and hashed; figures what they were made of, which the next version needs to know, and nobody is shown.
CREATE TABLE publication_tables (
    publication_id uuid NOT NULL,
    name           text NOT NULL,
    lines          text NOT NULL,
    figures        text NOT NULL,
    CONSTRAINT publication_tables_pkey PRIMARY KEY (publication_id, name),
    CONSTRAINT publication_tables_publication_fkey FOREIGN KEY (publication_id) REFERENCES publications (id)
);
CREATE TRIGGER publication_tables_append_only BEFORE UPDATE OR DELETE ON publication_tables FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER publication_tables_no_truncate BEFORE TRUNCATE ON publication_tables FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How many questions somebody has asked about publications on a day; what they were stands in the log of acts.
CREATE TABLE publication_questions (
    account_id uuid    NOT NULL,
    day        date    NOT NULL,
    asked      integer NOT NULL,
    CONSTRAINT publication_questions_pkey PRIMARY KEY (account_id, day),
    CONSTRAINT publication_questions_asked_check CHECK (asked > 0)
);
