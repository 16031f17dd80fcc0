-- +goose Up
-- Late windows (입력 기한): for how many months after an activity a centre takes its presences. gu_code is the centre's gu;
-- empty is what holds where a gu has set nothing. Rows are never changed; the highest version of the activity's day counts.
CREATE TABLE late_windows (
    id             uuid    NOT NULL,
    gu_code        text    NOT NULL,
    months         integer NOT NULL,
    effective_from date    NOT NULL,
    version        integer NOT NULL,
    reference      text    NOT NULL,
    CONSTRAINT late_windows_pkey PRIMARY KEY (id),
    CONSTRAINT late_windows_version_key UNIQUE (version),
    CONSTRAINT late_windows_months_check CHECK (months BETWEEN 1 AND 24)
);
CREATE INDEX late_windows_gu_idx ON late_windows (gu_code);
INSERT INTO late_windows (id, gu_code, months, effective_from, version, reference) VALUES
    ('00000000-0000-7000-8000-000000000021', '', 3, '2000-01-01', 1, '활동일로부터 3개월 이내 입력');
CREATE TRIGGER late_windows_append_only BEFORE UPDATE OR DELETE ON late_windows FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER late_windows_no_truncate BEFORE TRUNCATE ON late_windows FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who approves late entries holds a right of his own.
ALTER TABLE role_grants DROP CONSTRAINT role_grants_role_check;
ALTER TABLE role_grants ADD CONSTRAINT role_grants_role_check CHECK (role IN ('camp_head', 'camp_keeper', 'demand_site_manager', 'centre_officer', 'late_entry_approver', 'analyst', 'administrator'));

-- A presence or correction that is told after the window names its proof.
ALTER TABLE attendances ADD COLUMN late_proof_id uuid;
ALTER TABLE attendances DROP CONSTRAINT attendances_evidence_check;
ALTER TABLE attendances ADD CONSTRAINT attendances_evidence_check CHECK (evidence IN ('qr', 'leader', 'self', 'imported', 'late_proof'));
ALTER TABLE attendances ADD CONSTRAINT attendances_late_check CHECK ((evidence = 'late_proof') = (late_proof_id IS NOT NULL));
ALTER TABLE attendances ADD CONSTRAINT attendances_late_proof_fkey FOREIGN KEY (late_proof_id) REFERENCES documents (id);
ALTER TABLE attendance_changes ADD COLUMN late_proof_id uuid;
ALTER TABLE attendance_changes ADD CONSTRAINT attendance_changes_late_check CHECK (late_proof_id IS NULL OR kind = 'correction');
ALTER TABLE attendance_changes ADD CONSTRAINT attendance_changes_late_proof_fkey FOREIGN KEY (late_proof_id) REFERENCES documents (id);
