-- +goose Up
-- Disputes (이의신청): a volunteer says that his hours, a presence that nobody recorded, or a no-show mark are wrong. The row
-- tells where it stands, its steps how it came there; what a grant posted is linked and never overwrites what was there.
CREATE TABLE disputes (
    id                    uuid        NOT NULL,
    volunteer_id          uuid        NOT NULL,
    organiser_id          uuid        NOT NULL,
    shift_id              uuid        NOT NULL,
    about                 text        NOT NULL,
    attendance_id         uuid,
    sign_up_id            uuid,
    no_show_at            timestamptz,
    wanted_in_at          timestamptz,
    wanted_out_at         timestamptz,
    claim                 text        NOT NULL,
    state                 text        NOT NULL,
    outcome               text        NOT NULL,
    opened_at             timestamptz NOT NULL,
    opened_by             uuid        NOT NULL,
    answered_by           uuid,
    due_at                timestamptz,
    decided_at            timestamptz,
    decided_by            uuid,
    granted_attendance_id uuid,
    granted_in_at         timestamptz,
    granted_out_at        timestamptz,
    posted_minutes        integer     NOT NULL,
    closed_at             timestamptz,
    steps                 integer     NOT NULL,
    CONSTRAINT disputes_pkey PRIMARY KEY (id),
    CONSTRAINT disputes_about_check CHECK ((about = 'attendance') = (attendance_id IS NOT NULL) AND (about = 'no_show') = (sign_up_id IS NOT NULL)
        AND (about = 'no_show') = (no_show_at IS NOT NULL) AND about IN ('attendance', 'missing', 'no_show')),
    CONSTRAINT disputes_state_check CHECK (state IN ('opened', 'answered', 'granted', 'declined', 'escalated', 'closed')),
    CONSTRAINT disputes_outcome_check CHECK (outcome IN ('', 'granted', 'declined', 'withdrawn') AND (outcome <> '') = (state IN ('granted', 'declined', 'closed'))
        AND (state NOT IN ('granted', 'declined') OR outcome = state) AND (state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT disputes_wanted_check CHECK ((wanted_in_at IS NULL) = (wanted_out_at IS NULL) AND (wanted_out_at IS NULL OR wanted_out_at > wanted_in_at)
        AND (about <> 'missing' OR wanted_in_at IS NOT NULL)),
    CONSTRAINT disputes_decision_check CHECK ((decided_at IS NULL) = (decided_by IS NULL) AND (outcome NOT IN ('granted', 'declined') OR decided_by IS NOT NULL)
        AND (decided_by IS NULL OR decided_by <> opened_by)),
    CONSTRAINT disputes_granted_check CHECK ((outcome = 'granted') = (granted_attendance_id IS NOT NULL) AND (outcome = 'granted') = (granted_in_at IS NOT NULL)
        AND (outcome = 'granted') = (granted_out_at IS NOT NULL) AND (outcome = 'granted' OR posted_minutes = 0)),
    CONSTRAINT disputes_steps_check CHECK (steps > 0),
    CONSTRAINT disputes_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT disputes_shift_fkey FOREIGN KEY (shift_id) REFERENCES shifts (id),
    CONSTRAINT disputes_attendance_fkey FOREIGN KEY (attendance_id) REFERENCES attendances (id),
    CONSTRAINT disputes_sign_up_fkey FOREIGN KEY (sign_up_id) REFERENCES sign_ups (id),
    CONSTRAINT disputes_granted_fkey FOREIGN KEY (granted_attendance_id) REFERENCES attendances (id)
);
-- One that is not settled yet for each presence, and for each person's place on a shift where there is none.
CREATE UNIQUE INDEX disputes_attendance_id_key ON disputes (attendance_id) WHERE state IN ('opened', 'answered', 'declined', 'escalated');
CREATE UNIQUE INDEX disputes_volunteer_id_shift_id_key ON disputes (volunteer_id, shift_id) WHERE attendance_id IS NULL AND state IN ('opened', 'answered', 'declined', 'escalated');
CREATE INDEX disputes_volunteer_idx ON disputes (volunteer_id, id);
CREATE INDEX disputes_organiser_idx ON disputes (organiser_id, id);
CREATE INDEX disputes_state_idx ON disputes (state, id);
CREATE INDEX disputes_granted_idx ON disputes (granted_attendance_id);
CREATE INDEX disputes_due_idx ON disputes (due_at) WHERE due_at IS NOT NULL;
CREATE TRIGGER disputes_no_delete BEFORE DELETE ON disputes FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was done about a dispute, by whom, in which capacity, and in whose words. No account stands for the program itself.
CREATE TABLE dispute_steps (
    dispute_id     uuid        NOT NULL,
    number         integer     NOT NULL,
    kind           text        NOT NULL,
    happened_at    timestamptz NOT NULL,
    account_id     uuid,
    capacity       text        NOT NULL,
    words          text        NOT NULL,
    checked_in_at  timestamptz,
    checked_out_at timestamptz,
    CONSTRAINT dispute_steps_pkey PRIMARY KEY (dispute_id, number),
    CONSTRAINT dispute_steps_kind_check CHECK (kind IN ('opened', 'answered', 'granted', 'declined', 'escalated', 'withdrawn', 'closed')),
    CONSTRAINT dispute_steps_capacity_check CHECK (capacity IN ('volunteer', 'organiser', 'centre', 'system') AND (capacity = 'system') = (account_id IS NULL)),
    CONSTRAINT dispute_steps_number_check CHECK (number > 0),
    CONSTRAINT dispute_steps_dispute_fkey FOREIGN KEY (dispute_id) REFERENCES disputes (id)
);
CREATE TRIGGER dispute_steps_append_only BEFORE UPDATE OR DELETE ON dispute_steps FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dispute_steps_no_truncate BEFORE TRUNCATE ON dispute_steps FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The ledger's entries that a granted dispute posted.
CREATE TABLE dispute_entries (
    dispute_id uuid NOT NULL,
    entry_id   uuid NOT NULL,
    CONSTRAINT dispute_entries_pkey PRIMARY KEY (dispute_id, entry_id),
    CONSTRAINT dispute_entries_entry_id_key UNIQUE (entry_id),
    CONSTRAINT dispute_entries_dispute_fkey FOREIGN KEY (dispute_id) REFERENCES disputes (id),
    CONSTRAINT dispute_entries_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);
CREATE TRIGGER dispute_entries_append_only BEFORE UPDATE OR DELETE ON dispute_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dispute_entries_no_truncate BEFORE TRUNCATE ON dispute_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What the volunteer handed in as evidence.
CREATE TABLE dispute_documents (
    dispute_id  uuid NOT NULL,
    document_id uuid NOT NULL,
    CONSTRAINT dispute_documents_pkey PRIMARY KEY (dispute_id, document_id),
    CONSTRAINT dispute_documents_dispute_fkey FOREIGN KEY (dispute_id) REFERENCES disputes (id),
    CONSTRAINT dispute_documents_document_fkey FOREIGN KEY (document_id) REFERENCES documents (id)
);
CREATE INDEX dispute_documents_document_idx ON dispute_documents (document_id);
CREATE TRIGGER dispute_documents_append_only BEFORE UPDATE OR DELETE ON dispute_documents FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dispute_documents_no_truncate BEFORE TRUNCATE ON dispute_documents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
