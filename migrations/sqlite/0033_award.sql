-- +goose Up
-- Scales of badges (인증 등급): which lifetime hours earn which badge, as rows with effective days, owner and version. Rows are
-- never changed; of a code's versions that hold on a day the highest counts. region_code is the gu whose residents it is for;
-- empty is everybody. recent_* is what must have been done in the last year beside.
CREATE TABLE award_scales (
    id             text    NOT NULL,
    code           text    NOT NULL,
    version        integer NOT NULL,
    name_ko        text    NOT NULL,
    name_en        text    NOT NULL,
    region_code    text    NOT NULL,
    effective_from date    NOT NULL,
    recent_visits  integer NOT NULL,
    recent_minutes integer NOT NULL,
    owner          text    NOT NULL,
    reference      text    NOT NULL,
    CONSTRAINT award_scales_pkey PRIMARY KEY (id),
    CONSTRAINT award_scales_code_version_key UNIQUE (code, version),
    CONSTRAINT award_scales_recent_check CHECK (recent_visits >= 0 AND recent_minutes >= 0),
    CONSTRAINT award_scales_version_check CHECK (version > 0),
    CONSTRAINT award_scales_version_integer CHECK (typeof(version) = 'integer'),
    CONSTRAINT award_scales_recent_visits_integer CHECK (typeof(recent_visits) = 'integer'),
    CONSTRAINT award_scales_recent_minutes_integer CHECK (typeof(recent_minutes) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER award_scales_append_only BEFORE UPDATE ON award_scales
BEGIN
    SELECT RAISE(ABORT, 'award_scales is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER award_scales_no_delete BEFORE DELETE ON award_scales
BEGIN
    SELECT RAISE(ABORT, 'award_scales is append-only');
END;
-- +goose StatementEnd

CREATE TABLE award_thresholds (
    scale_id text    NOT NULL,
    code     text    NOT NULL,
    minutes  integer NOT NULL,
    name_ko  text    NOT NULL,
    name_en  text    NOT NULL,
    CONSTRAINT award_thresholds_pkey PRIMARY KEY (scale_id, code),
    CONSTRAINT award_thresholds_minutes_key UNIQUE (scale_id, minutes),
    CONSTRAINT award_thresholds_minutes_check CHECK (minutes > 0),
    CONSTRAINT award_thresholds_scale_fkey FOREIGN KEY (scale_id) REFERENCES award_scales (id),
    CONSTRAINT award_thresholds_minutes_integer CHECK (typeof(minutes) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER award_thresholds_append_only BEFORE UPDATE ON award_thresholds
BEGIN
    SELECT RAISE(ABORT, 'award_thresholds is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER award_thresholds_no_delete BEFORE DELETE ON award_thresholds
BEGIN
    SELECT RAISE(ABORT, 'award_thresholds is append-only');
END;
-- +goose StatementEnd

-- Badges: issued once for each person and threshold. One that was revoked stays, and what is earned again is a new row.
CREATE TABLE awards (
    id             text        NOT NULL,
    volunteer_id   text        NOT NULL,
    scale_id       text        NOT NULL,
    scale_code     text        NOT NULL,
    threshold_code text        NOT NULL,
    minutes        integer     NOT NULL,
    issued_at      datetime NOT NULL,
    revoked_at     datetime,
    CONSTRAINT awards_pkey PRIMARY KEY (id),
    CONSTRAINT awards_revoked_check CHECK (revoked_at IS NULL OR revoked_at >= issued_at),
    CONSTRAINT awards_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT awards_threshold_fkey FOREIGN KEY (scale_id, threshold_code) REFERENCES award_thresholds (scale_id, code),
    CONSTRAINT awards_minutes_integer CHECK (typeof(minutes) = 'integer')
);
CREATE UNIQUE INDEX awards_live_key ON awards (volunteer_id, scale_code, threshold_code) WHERE revoked_at IS NULL;
CREATE INDEX awards_volunteer_idx ON awards (volunteer_id, id);
-- +goose StatementBegin
CREATE TRIGGER awards_no_delete BEFORE DELETE ON awards
BEGIN
    SELECT RAISE(ABORT, 'awards is append-only');
END;
-- +goose StatementEnd

-- How a badge came and went: the ledger's entry that brought the hours, and the one that took them away.
CREATE TABLE award_steps (
    award_id    text        NOT NULL,
    number      integer     NOT NULL,
    kind        text        NOT NULL,
    entry_id    text        NOT NULL,
    balance     integer      NOT NULL,
    happened_at datetime NOT NULL,
    CONSTRAINT award_steps_pkey PRIMARY KEY (award_id, number),
    CONSTRAINT award_steps_kind_check CHECK (number = 1 AND kind = 'issued' OR number = 2 AND kind = 'revoked'),
    CONSTRAINT award_steps_award_fkey FOREIGN KEY (award_id) REFERENCES awards (id),
    CONSTRAINT award_steps_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT award_steps_number_integer CHECK (typeof(number) = 'integer'),
    CONSTRAINT award_steps_balance_integer CHECK (typeof(balance) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER award_steps_append_only BEFORE UPDATE ON award_steps
BEGIN
    SELECT RAISE(ABORT, 'award_steps is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER award_steps_no_delete BEFORE DELETE ON award_steps
BEGIN
    SELECT RAISE(ABORT, 'award_steps is append-only');
END;
-- +goose StatementEnd

-- Looks over the whole city that came to their end. What was posted up to covers was seen.
CREATE TABLE award_reviews (
    id       text        NOT NULL,
    covers   datetime NOT NULL,
    ended_at datetime NOT NULL,
    issued   integer     NOT NULL,
    revoked  integer     NOT NULL,
    CONSTRAINT award_reviews_pkey PRIMARY KEY (id),
    CONSTRAINT award_reviews_issued_integer CHECK (typeof(issued) = 'integer'),
    CONSTRAINT award_reviews_revoked_integer CHECK (typeof(revoked) = 'integer')
);
CREATE INDEX award_reviews_covers_idx ON award_reviews (covers);

-- Rounds of nominations (추천 포상), for instance 대한민국 자원봉사대상 of a year. Rows are never changed.
CREATE TABLE award_rounds (
    id            text        NOT NULL,
    name          text        NOT NULL,
    year          integer     NOT NULL,
    opens_on      date        NOT NULL,
    closes_on     date        NOT NULL,
    verified_from date        NOT NULL,
    verified_to   date        NOT NULL,
    reference     text        NOT NULL,
    opened_at     datetime NOT NULL,
    opened_by     text        NOT NULL,
    CONSTRAINT award_rounds_pkey PRIMARY KEY (id),
    CONSTRAINT award_rounds_year_name_key UNIQUE (year, name),
    CONSTRAINT award_rounds_days_check CHECK (closes_on >= opens_on AND verified_from > closes_on AND verified_to >= verified_from),
    CONSTRAINT award_rounds_year_integer CHECK (typeof(year) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER award_rounds_append_only BEFORE UPDATE ON award_rounds
BEGIN
    SELECT RAISE(ABORT, 'award_rounds is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER award_rounds_no_delete BEFORE DELETE ON award_rounds
BEGIN
    SELECT RAISE(ABORT, 'award_rounds is append-only');
END;
-- +goose StatementEnd

-- A round's categories, grades (훈격) and exclusion questions.
CREATE TABLE award_round_items (
    round_id text    NOT NULL,
    kind     text    NOT NULL,
    code     text    NOT NULL,
    position integer NOT NULL,
    name_ko  text    NOT NULL,
    name_en  text    NOT NULL,
    CONSTRAINT award_round_items_pkey PRIMARY KEY (round_id, kind, code),
    CONSTRAINT award_round_items_kind_check CHECK (kind IN ('category', 'grade', 'question')),
    CONSTRAINT award_round_items_round_fkey FOREIGN KEY (round_id) REFERENCES award_rounds (id),
    CONSTRAINT award_round_items_position_integer CHECK (typeof(position) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER award_round_items_append_only BEFORE UPDATE ON award_round_items
BEGIN
    SELECT RAISE(ABORT, 'award_round_items is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER award_round_items_no_delete BEFORE DELETE ON award_round_items
BEGIN
    SELECT RAISE(ABORT, 'award_round_items is append-only');
END;
-- +goose StatementEnd

-- Nominations (추천). The row tells where one stands, its steps how it came there. Accounts do what persons are counted by.
CREATE TABLE nominations (
    id            text        NOT NULL,
    round_id      text        NOT NULL,
    category_code text        NOT NULL,
    nominee_id    text        NOT NULL,
    nominator_id  text        NOT NULL,
    nominated_by  text        NOT NULL,
    nominated_at  datetime NOT NULL,
    achievements  text        NOT NULL,
    state         text        NOT NULL,
    supports      integer     NOT NULL,
    consent       text        NOT NULL,
    published     boolean     NOT NULL,
    outcome       text        NOT NULL,
    grade_code    text        NOT NULL,
    proposed_by   text,
    decided_by    text,
    decided_at    datetime,
    steps         integer     NOT NULL,
    CONSTRAINT nominations_pkey PRIMARY KEY (id),
    CONSTRAINT nominations_state_check CHECK (state IN ('open', 'submitted', 'proposed', 'awarded', 'declined', 'withdrawn')),
    CONSTRAINT nominations_supports_check CHECK (supports BETWEEN 0 AND 5 AND (supports = 5 OR state IN ('open', 'withdrawn')) AND (supports < 5 OR state <> 'open')),
    CONSTRAINT nominations_consent_check CHECK (consent IN ('asked', 'granted', 'refused') AND (consent = 'granted' OR NOT published)),
    CONSTRAINT nominations_persons_check CHECK (nominator_id <> nominee_id),
    CONSTRAINT nominations_outcome_check CHECK (outcome IN ('', 'awarded', 'declined') AND (outcome <> '') = (state IN ('proposed', 'awarded', 'declined'))
        AND (state NOT IN ('awarded', 'declined') OR state = outcome) AND (outcome = 'awarded') = (grade_code <> '')
        AND (outcome <> '') = (proposed_by IS NOT NULL)),
    CONSTRAINT nominations_decision_check CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NOT NULL) = (state IN ('awarded', 'declined'))
        AND (decided_by IS NULL OR decided_by <> proposed_by)),
    CONSTRAINT nominations_awarded_check CHECK (state <> 'awarded' OR consent = 'granted'),
    CONSTRAINT nominations_steps_check CHECK (steps > 0),
    CONSTRAINT nominations_round_fkey FOREIGN KEY (round_id) REFERENCES award_rounds (id),
    CONSTRAINT nominations_nominee_fkey FOREIGN KEY (nominee_id) REFERENCES volunteers (id),
    CONSTRAINT nominations_nominator_fkey FOREIGN KEY (nominator_id) REFERENCES volunteers (id),
    CONSTRAINT nominations_account_fkey FOREIGN KEY (nominated_by) REFERENCES accounts (id),
    CONSTRAINT nominations_supports_integer CHECK (typeof(supports) = 'integer'),
    CONSTRAINT nominations_steps_integer CHECK (typeof(steps) = 'integer')
);
CREATE UNIQUE INDEX nominations_round_id_nominee_id_nominator_id_key ON nominations (round_id, nominee_id, nominator_id) WHERE state <> 'withdrawn';
CREATE INDEX nominations_round_idx ON nominations (round_id, id);
CREATE INDEX nominations_nominee_idx ON nominations (nominee_id, id);
CREATE INDEX nominations_nominator_idx ON nominations (nominator_id, id);
CREATE INDEX nominations_awarded_idx ON nominations (decided_at, id) WHERE state = 'awarded';
-- +goose StatementBegin
CREATE TRIGGER nominations_no_delete BEFORE DELETE ON nominations
BEGIN
    SELECT RAISE(ABORT, 'nominations is append-only');
END;
-- +goose StatementEnd

CREATE TABLE nomination_steps (
    nomination_id text        NOT NULL,
    number        integer     NOT NULL,
    kind          text        NOT NULL,
    happened_at   datetime NOT NULL,
    account_id    text        NOT NULL,
    code          text        NOT NULL,
    reason        text        NOT NULL,
    CONSTRAINT nomination_steps_pkey PRIMARY KEY (nomination_id, number),
    CONSTRAINT nomination_steps_kind_check CHECK (kind IN ('nominated', 'supported', 'consent_granted', 'consent_refused', 'found_pass', 'found_fail',
        'proposed', 'refused', 'awarded', 'declined', 'withdrawn')),
    CONSTRAINT nomination_steps_number_check CHECK (number > 0),
    CONSTRAINT nomination_steps_nomination_fkey FOREIGN KEY (nomination_id) REFERENCES nominations (id),
    CONSTRAINT nomination_steps_number_integer CHECK (typeof(number) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER nomination_steps_append_only BEFORE UPDATE ON nomination_steps
BEGIN
    SELECT RAISE(ABORT, 'nomination_steps is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER nomination_steps_no_delete BEFORE DELETE ON nomination_steps
BEGIN
    SELECT RAISE(ABORT, 'nomination_steps is append-only');
END;
-- +goose StatementEnd

-- Who supports a nomination: five different persons.
CREATE TABLE nomination_supports (
    nomination_id text        NOT NULL,
    volunteer_id  text        NOT NULL,
    account_id    text        NOT NULL,
    supported_at  datetime NOT NULL,
    CONSTRAINT nomination_supports_pkey PRIMARY KEY (nomination_id, volunteer_id),
    CONSTRAINT nomination_supports_nomination_fkey FOREIGN KEY (nomination_id) REFERENCES nominations (id),
    CONSTRAINT nomination_supports_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);
-- +goose StatementBegin
CREATE TRIGGER nomination_supports_append_only BEFORE UPDATE ON nomination_supports
BEGIN
    SELECT RAISE(ABORT, 'nomination_supports is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER nomination_supports_no_delete BEFORE DELETE ON nomination_supports
BEGIN
    SELECT RAISE(ABORT, 'nomination_supports is append-only');
END;
-- +goose StatementEnd

-- What was found about a question that excludes: passed or not, when and by whom, and nothing else. The last one counts.
CREATE TABLE nomination_findings (
    nomination_id text        NOT NULL,
    number        integer     NOT NULL,
    question_code text        NOT NULL,
    passed        boolean     NOT NULL,
    checked_on    date        NOT NULL,
    found_at      datetime NOT NULL,
    found_by      text        NOT NULL,
    CONSTRAINT nomination_findings_pkey PRIMARY KEY (nomination_id, number),
    CONSTRAINT nomination_findings_nomination_fkey FOREIGN KEY (nomination_id) REFERENCES nominations (id),
    CONSTRAINT nomination_findings_number_integer CHECK (typeof(number) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER nomination_findings_append_only BEFORE UPDATE ON nomination_findings
BEGIN
    SELECT RAISE(ABORT, 'nomination_findings is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER nomination_findings_no_delete BEFORE DELETE ON nomination_findings
BEGIN
    SELECT RAISE(ABORT, 'nomination_findings is append-only');
END;
-- +goose StatementEnd

CREATE TABLE nomination_documents (
    nomination_id text NOT NULL,
    document_id   text NOT NULL,
    CONSTRAINT nomination_documents_pkey PRIMARY KEY (nomination_id, document_id),
    CONSTRAINT nomination_documents_nomination_fkey FOREIGN KEY (nomination_id) REFERENCES nominations (id),
    CONSTRAINT nomination_documents_document_fkey FOREIGN KEY (document_id) REFERENCES documents (id)
);
CREATE INDEX nomination_documents_document_idx ON nomination_documents (document_id);
-- +goose StatementBegin
CREATE TRIGGER nomination_documents_append_only BEFORE UPDATE ON nomination_documents
BEGIN
    SELECT RAISE(ABORT, 'nomination_documents is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER nomination_documents_no_delete BEFORE DELETE ON nomination_documents
BEGIN
    SELECT RAISE(ABORT, 'nomination_documents is append-only');
END;
-- +goose StatementEnd

-- Evidence of achievements is handed in for a purpose of its own. SQLite changes a CHECK only by building the table anew. What
-- refers to documents is looked at when all is done: the rows are there again then, under the same name.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE documents_before AS SELECT * FROM documents;
DROP TABLE documents;
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
    CONSTRAINT documents_purpose_check CHECK (purpose IN ('late_proof', 'dispute', 'claim', 'claim_health', 'nomination')),
    CONSTRAINT documents_size_check CHECK (size > 0),
    CONSTRAINT documents_sha256_check CHECK (length(sha256) = 64),
    CONSTRAINT documents_account_fkey FOREIGN KEY (uploaded_by) REFERENCES accounts (id),
    CONSTRAINT documents_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT documents_size_integer CHECK (typeof(size) = 'integer')
);
INSERT INTO documents SELECT * FROM documents_before;
DROP TABLE documents_before;
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
