package attendance

import (
	"context"
	"fmt"
	"time"

	"dure/domain/anomaly"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

var ErrState = fault.New(fault.Conflict, "attendance.state")

// Verdict is what became of one attendance in a bulk decision.
type Verdict struct {
	AttendanceID id.ID
	Status       VerdictStatus
	State        State // where the attendance stands now; empty when it is not the decider's to see
	Err          error
}

// VerdictStatus names a verdict.
type VerdictStatus string

const (
	WasVerified     VerdictStatus = "verified"
	AlreadyVerified VerdictStatus = "already_verified"
	WasRejected     VerdictStatus = "rejected"
	AlreadyRejected VerdictStatus = "already_rejected"
	WasRefused      VerdictStatus = "refused" // Err says why
)

// Verify confirms what others entered for an organiser's shifts, each attendance for itself, and posts the minutes that
// count. Whoever verifies is neither the volunteer, nor his guardian, ward or household, nor the one who entered it; listing, entry
// and approval are three steps (행정안전부 자원봉사 실적 인증 절차). Errors of the whole: auth.forbidden,
// attendance.organiser_not_found, request.invalid (none or over 1,000 ids).
func (s *Service) Verify(ctx context.Context, o Organiser, ids []id.ID) ([]Verdict, error) {
	return s.decide(ctx, o, ids, "", func(a *Attendance, p auth.Principal, ties duty.Ties, now time.Time) (VerdictStatus, error) {
		if err := CanVerify(p, *a, ties); err != nil {
			return WasRefused, err
		}
		switch a.State {
		case Verified:
			return AlreadyVerified, nil
		case Pending, AutoClosed:
			a.State, a.VerifiedAt, a.VerifiedBy = Verified, &now, &p.AccountID
			return WasVerified, nil
		default:
			return WasRefused, ErrState.With("state", a.State)
		}
	})
}

// Reject refuses presences that were never verified, with a reason. Whoever rejects is neither the volunteer nor near to
// him, unless he takes back what he entered himself. Errors as for Verify.
func (s *Service) Reject(ctx context.Context, o Organiser, ids []id.ID, reason string) ([]Verdict, error) {
	f := fault.Collect()
	text.Block(f, "reason", reason, 1, 500)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return s.decide(ctx, o, ids, reason, func(a *Attendance, p auth.Principal, ties duty.Ties, now time.Time) (VerdictStatus, error) {
		if err := CanReject(p, *a, ties); err != nil {
			return WasRefused, err
		}
		switch a.State {
		case Rejected:
			return AlreadyRejected, nil
		case Open, Pending, AutoClosed:
			a.State, a.DecidedAt, a.DecidedBy, a.Reason = Rejected, &now, &p.AccountID, reason
			return WasRejected, nil
		default:
			return WasRefused, ErrState.With("state", a.State)
		}
	})
}

type rule func(a *Attendance, p auth.Principal, ties duty.Ties, now time.Time) (VerdictStatus, error)

// decide applies a rule to each attendance of an organiser under the locks of the persons.
func (s *Service) decide(ctx context.Context, o Organiser, ids []id.ID, reason string, rule rule) ([]Verdict, error) {
	now := s.clock.Now()
	f := fault.Collect()
	if f.Require(len(ids) > 0, "attendance_ids") && len(ids) > MaxItems {
		f.Add("attendance_ids", "too_many", "max", MaxItems)
	}
	var verdicts []Verdict
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		open, err := tx.Attendance().Organiser(ctx, o)
		if err != nil {
			return err
		}
		// What was recorded is decided on even after its demand site was suspended or closed.
		if err := CanWorkAt(p, o, open); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		accounts, err := tx.Attendance().LockOf(ctx, ids)
		if err != nil {
			return err
		}
		rows, err := tx.Attendance().Get(ctx, ids)
		if err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		var before, changed []Attendance
		verdicts, before, changed = judgeAll(o, ids, rows, func(a *Attendance) (VerdictStatus, error) { return rule(a, p, ties, now) })
		if len(changed) == 0 {
			return nil
		}
		if err := tx.Audit().Record(ctx, decisions(before, changed, p, now, reason)...); err != nil {
			return err
		}
		if changed[0].State != Verified { // one decision is either all verification or all rejection
			return tx.Attendance().Decide(ctx, changed)
		}
		_, err = Settle(ctx, tx, s.clock.Zone, accounts, nil, changed, Cause{Actor: p.AccountID, Now: now})
		return err
	})
	return verdicts, err
}

// judgeAll gives a verdict for each id in the order asked for, and the rows that changed as they were and as they are.
func judgeAll(o Organiser, ids []id.ID, rows []Attendance, rule func(*Attendance) (VerdictStatus, error)) (verdicts []Verdict, before, changed []Attendance) {
	byID := make(map[id.ID]*Attendance, len(rows))
	for i := range rows {
		if rows[i].OrganiserID == o.ID {
			byID[rows[i].ID] = &rows[i]
		}
	}
	verdicts = make([]Verdict, len(ids))
	for i, wanted := range ids {
		v := Verdict{AttendanceID: wanted, Status: WasRefused, Err: ErrNotFound}
		if a, ok := byID[wanted]; ok {
			was := *a
			v.Status, v.Err = rule(a)
			v.State = a.State
			if v.Status == WasVerified || v.Status == WasRejected {
				before, changed = append(before, was), append(changed, *a)
			}
		}
		verdicts[i] = v
	}
	return verdicts, before, changed
}

func decisions(before, rows []Attendance, p auth.Principal, now time.Time, reason string) []audit.Event {
	events := make([]audit.Event, len(rows))
	for i, a := range rows {
		events[i] = audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "attendance." + string(a.State),
			SubjectType: "attendance", SubjectID: a.ID.String(), VolunteerID: &a.VolunteerID, Reason: reason,
			Detail: audit.Change(audit.Members{"state": before[i].State}, audit.Members{"state": a.State})}
	}
	return events
}

// HoldVerdict is what became of one anomaly in a decision.
type HoldVerdict struct {
	AnomalyID  id.ID
	Status     HoldStatus
	Anomaly    *anomaly.Anomaly // as it stands now; nil when there is none
	Attendance State            // where its attendance stands now
	Err        error
}

// HoldStatus names a verdict.
type HoldStatus string

const (
	HoldReleased        HoldStatus = "released"
	HoldRejected        HoldStatus = "rejected"
	HoldAlreadyReleased HoldStatus = "already_released"
	HoldAlreadyRejected HoldStatus = "already_rejected"
	HoldRefused         HoldStatus = "refused" // Err says why
)

// DecideHolds has an officer of the centre release what was held, or reject it, each for itself and with a reason. An
// attendance of which nothing is open any more goes where it would have gone: it waits for verification, or, proved by the
// code, it is verified by the officer and counts. A rejected one closes with all that was found about it. The officer is
// neither the volunteer, nor anybody near to him, nor the one who entered it. Errors of the whole: auth.forbidden,
// request.invalid (none or over 1,000 ids, no reason); of one: anomaly.not_found, anomaly.decided,
// duty.conflict_of_interest.
func (s *Service) DecideHolds(ctx context.Context, ids []id.ID, release bool, reason string) ([]HoldVerdict, error) {
	now := s.clock.Now()
	f := fault.Collect()
	if f.Require(len(ids) > 0, "anomaly_ids") && len(ids) > MaxItems {
		f.Add("anomaly_ids", "too_many", "max", MaxItems)
	}
	text.Block(f, "reason", reason, 1, 500)
	var verdicts []HoldVerdict
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := anomaly.CanDecide(p); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		named, err := tx.Anomalies().Get(ctx, ids)
		if err != nil {
			return err
		}
		attendances := make([]id.ID, len(named))
		for i, x := range named {
			attendances[i] = x.AttendanceID
		}
		accounts, err := tx.Attendance().LockOf(ctx, attendances)
		if err != nil {
			return err
		}
		rows, err := tx.Attendance().Get(ctx, attendances)
		if err != nil {
			return err
		}
		found, err := tx.Anomalies().Of(ctx, attendances)
		if err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		h := heldRows(rows, found)
		verdicts = make([]HoldVerdict, len(ids))
		for i, wanted := range ids {
			verdicts[i] = h.decide(wanted, release, func(a Attendance) error { return CanRelease(p, a, ties) },
				decision{by: p.AccountID, at: now, reason: reason})
		}
		waiting, counting := h.moved()
		if err := tx.Anomalies().Decide(ctx, h.decided); err != nil {
			return err
		}
		if err := tx.Audit().Record(ctx, h.events(p, now, reason)...); err != nil {
			return err
		}
		if err := tx.Attendance().Decide(ctx, waiting); err != nil || len(counting) == 0 {
			return err
		}
		_, err = Settle(ctx, tx, s.clock.Zone, accounts, nil, counting, Cause{Actor: p.AccountID, Now: now})
		return err
	})
	return verdicts, err
}

// decision is who decided, when and why.
type decision struct {
	by     id.ID
	at     time.Time
	reason string
}

// held is what a decision is about: attendances and all that was found about them.
type held struct {
	rows    map[id.ID]*Attendance
	order   []id.ID // of the rows
	byID    map[id.ID]*anomaly.Anomaly
	of      map[id.ID][]*anomaly.Anomaly // by attendance
	decided []anomaly.Anomaly
	touched map[id.ID]bool
}

func heldRows(rows []Attendance, found []anomaly.Anomaly) *held {
	h := &held{rows: map[id.ID]*Attendance{}, byID: map[id.ID]*anomaly.Anomaly{}, of: map[id.ID][]*anomaly.Anomaly{}, touched: map[id.ID]bool{}}
	for i := range rows {
		h.rows[rows[i].ID] = &rows[i]
		h.order = append(h.order, rows[i].ID)
	}
	for i := range found {
		x := &found[i]
		h.byID[x.ID], h.of[x.AttendanceID] = x, append(h.of[x.AttendanceID], x)
	}
	return h
}

// decide gives the verdict on one anomaly, under the lock of its person.
func (h *held) decide(wanted id.ID, release bool, can func(Attendance) error, d decision) HoldVerdict {
	x, ok := h.byID[wanted]
	if !ok {
		return HoldVerdict{AnomalyID: wanted, Status: HoldRefused, Err: anomaly.ErrNotFound}
	}
	a := h.rows[x.AttendanceID]
	v := HoldVerdict{AnomalyID: wanted, Status: HoldRefused, Anomaly: x}
	switch err := can(*a); {
	case err != nil:
		v.Err = err
	case x.State == anomaly.Released && release:
		v.Status = HoldAlreadyReleased
	case x.State == anomaly.Rejected && !release:
		v.Status = HoldAlreadyRejected
	case x.State != anomaly.Open:
		v.Err = anomaly.ErrDecided.With("state", x.State)
	case release:
		v.Status = HoldReleased
		h.close(x, anomaly.Released, d)
		h.release(a, d)
	default:
		v.Status = HoldRejected
		for _, other := range h.of[a.ID] {
			if other.State == anomaly.Open {
				h.close(other, anomaly.Rejected, d)
			}
		}
		a.State, a.DecidedAt, a.DecidedBy, a.Reason = Rejected, &d.at, &d.by, d.reason
		h.touched[a.ID] = true
	}
	v.Attendance = a.State
	return v
}

func (h *held) close(x *anomaly.Anomaly, state anomaly.State, d decision) {
	x.State, x.DecidedAt, x.DecidedBy, x.Reason = state, &d.at, &d.by, d.reason
	h.decided = append(h.decided, *x)
}

// release lets an attendance go where it would have gone, once nothing that was found about it is open.
func (h *held) release(a *Attendance, d decision) {
	for _, x := range h.of[a.ID] {
		if x.State == anomaly.Open {
			return
		}
	}
	h.touched[a.ID] = true
	if a.State = Pending; a.Evidence == QR {
		a.State, a.VerifiedAt, a.VerifiedBy = Verified, &d.at, &d.by // the code is one witness, the officer the other
	}
}

// moved are the attendances that changed: those that wait or were rejected, and those that count from now on.
func (h *held) moved() (waiting, counting []Attendance) {
	for _, attendance := range h.order {
		switch a := h.rows[attendance]; {
		case !h.touched[attendance]:
		case a.State == Verified:
			counting = append(counting, *a)
		default:
			waiting = append(waiting, *a)
		}
	}
	return waiting, counting
}

func (h *held) events(p auth.Principal, now time.Time, reason string) []audit.Event {
	events := make([]audit.Event, len(h.decided))
	for i, x := range h.decided {
		a := h.rows[x.AttendanceID]
		events[i] = audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "anomaly." + string(x.State), SubjectType: "anomaly",
			SubjectID: x.ID.String(), VolunteerID: &a.VolunteerID, Reason: reason,
			Detail: fmt.Sprintf(`{"attendance_id":"%s","kind":"%s","before":"held","after":"%s"}`, a.ID, x.Kind, a.State)}
	}
	return events
}
