package attendance

import (
	"context"
	"fmt"
	"time"

	"dure/domain/anomaly"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Hold says why an attendance is held, and since when; empty when it is not.
type Hold struct {
	Reasons []anomaly.Kind
	Since   time.Time
}

// Holds gathers the open anomalies by attendance.
func Holds(found []anomaly.Anomaly) map[id.ID]Hold {
	holds := map[id.ID]Hold{}
	for _, x := range found {
		if x.State == anomaly.Open {
			h := holds[x.AttendanceID]
			holds[x.AttendanceID] = Hold{append(h.Reasons, x.Kind), x.FoundAt}
		}
	}
	return holds
}

// presence is the attendance as the rules of what is unusual see it.
func (s Shift) presence(a Attendance) anomaly.Presence {
	p := anomaly.Presence{AttendanceID: a.ID, VolunteerID: a.VolunteerID, Span: a.Span(), Day: a.Day, Minutes: a.WorkedMinutes,
		Shift: calendar.Span{Start: s.StartsAt, End: s.EndsAt}, Told: a.ClientID != nil, WalkIn: a.WalkIn}
	if s.Lat != nil && s.Lon != nil {
		p.Place = &anomaly.Place{Lat: *s.Lat, Lon: *s.Lon}
	}
	return p
}

// hold looks at the new attendances of a batch; what is unusual is held, in the results, too. Of duplicates that are held
// the results say why.
func (s *Service) hold(ctx context.Context, tx Tx, b *book, account id.ID, results []Result, added []Attendance, now time.Time) ([]anomaly.Anomaly, error) {
	var found []anomaly.Anomaly
	if len(added) > 0 {
		ask := anomaly.Ask{Account: account, Organiser: b.organiser.ID, Now: now, Today: s.clock.Day(now), Zone: s.clock.Zone,
			Presences: make([]anomaly.Presence, len(added))}
		for i, a := range added {
			ask.Presences[i] = b.shifts[a.ShiftID].presence(a)
		}
		if err := tx.Anomalies().LockRecorder(ctx, account); err != nil {
			return nil, err
		}
		facts, err := tx.Anomalies().Facts(ctx, ask)
		if err != nil {
			return nil, err
		}
		found = anomaly.Judge(ask, facts)
	}
	holds := Holds(found)
	for i := range added {
		if len(holds[added[i].ID].Reasons) > 0 {
			added[i].State = Held
		}
	}
	var before []id.ID
	for _, r := range results {
		switch {
		case r.Attendance == nil:
		case r.Attendance.State == Held:
			before = append(before, r.Attendance.ID)
		case len(holds[r.Attendance.ID].Reasons) > 0:
			r.Attendance.State = Held
		}
	}
	if len(before) > 0 {
		known, err := tx.Anomalies().Of(ctx, before)
		if err != nil {
			return nil, err
		}
		for attendance, h := range Holds(known) {
			holds[attendance] = h
		}
	}
	for i, r := range results {
		if r.Attendance != nil {
			results[i].Hold = holds[r.Attendance.ID]
		}
	}
	return found, nil
}

// suspected looks at a presence that its own person proved by the code.
func (s *Service) suspected(ctx context.Context, tx Tx, shift Shift, a Attendance, now time.Time) ([]anomaly.Anomaly, error) {
	ask := anomaly.Ask{Organiser: shift.OrganiserID, Now: now, Today: s.clock.Day(now), Zone: s.clock.Zone,
		Presences: []anomaly.Presence{shift.presence(a)}}
	facts, err := tx.Anomalies().Facts(ctx, ask)
	return anomaly.Judge(ask, facts), err
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
			verdicts[i] = h.decide(wanted, release, func(a Attendance) error { return CanVerify(p, a, ties) },
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
