package attendance

import (
	"context"
	"errors"
	"time"

	"dure/domain/anomaly"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/ledger"
)

// ChangeKind says what is to be changed.
type ChangeKind string

const (
	Correction ChangeKind = "correction" // other times
	Reversal   ChangeKind = "reversal"   // it was no presence at all
)

// ChangeState says where a change stands.
type ChangeState string

const (
	Proposed ChangeState = "proposed"
	Applied  ChangeState = "applied"
	Declined ChangeState = "refused"
)

// Change is a correction or reversal: proposed by one person, decided by another, kept for ever.
type Change struct {
	ID           id.ID
	AttendanceID id.ID
	OrganiserID  id.ID // of the attendance
	Kind         ChangeKind
	CheckedInAt  *time.Time // of a correction
	CheckedOutAt *time.Time
	Reason       string
	State        ChangeState
	ProposedAt   time.Time
	ProposedBy   id.ID
	DecidedAt    *time.Time
	DecidedBy    *id.ID
	Decision     string // why it was refused
	LateProofID  *id.ID // the document of a correction that came after the window
}

// ListedChange is a change with what lists show beside it: whose presence at what is to be changed, and its times now.
type ListedChange struct {
	Change
	ShiftID         id.ID
	VolunteerID     id.ID
	ActivityTitle   string
	VolunteerNumber string
	VolunteerName   string
	CountedInAt     time.Time
	CountedOutAt    *time.Time
}

var (
	ErrChangeNotFound = fault.New(fault.NotFound, "attendance.change_not_found")
	ErrChangeOpen     = fault.New(fault.Conflict, "attendance.change_open")
	ErrChangeDecided  = fault.New(fault.Conflict, "attendance.change_decided")
)

func (c Change) same(o Change) bool {
	equal := func(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }
	return c.Kind == o.Kind && equal(c.CheckedInAt, o.CheckedInAt) && equal(c.CheckedOutAt, o.CheckedOutAt)
}

// Correct proposes other times for an attendance. It takes effect when another person verifies it; when the other person
// proposes the very same, that is his verification. Errors: attendance.not_found, auth.forbidden, attendance.state,
// attendance.change_open, attendance.end_before_start, attendance.too_long, attendance.in_future, attendance.outside_shift.
// After the window it takes a document as proof, and who verifies it must approve late entries: attendance.late_window_closed,
// attendance.late_proof_not_needed, document.not_found, attendance.late_approval_required.
func (s *Service) Correct(ctx context.Context, attendance id.ID, in, out time.Time, reason string, proof *id.ID) (Change, error) {
	return s.propose(ctx, Change{AttendanceID: attendance, Kind: Correction, CheckedInAt: &in, CheckedOutAt: &out, Reason: reason, LateProofID: proof})
}

// Reverse proposes to take back an attendance that counts. Two persons as for Correct. Errors: attendance.not_found,
// auth.forbidden, attendance.state, attendance.change_open.
func (s *Service) Reverse(ctx context.Context, attendance id.ID, reason string) (Change, error) {
	return s.propose(ctx, Change{AttendanceID: attendance, Kind: Reversal, Reason: reason})
}

func (s *Service) propose(ctx context.Context, c Change) (Change, error) {
	now := s.clock.Now()
	f := fault.Collect()
	text.Block(f, "reason", c.Reason, 1, 500)
	var answer Change
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		a, accounts, err := s.locked(ctx, tx, p, c.AttendanceID)
		if err != nil {
			return err
		}
		if err := CanPropose(p, a, c.Kind); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := s.proposable(ctx, tx, a, c, now); err != nil {
			return err
		}
		waiting, err := tx.Attendance().OpenChange(ctx, a.ID)
		switch {
		case err == nil && waiting.same(c) && waiting.ProposedBy != p.AccountID:
			answer, err = s.apply(ctx, tx, p, accounts, a, waiting, now)
			return err
		case err == nil:
			return ErrChangeOpen
		case !errors.Is(err, ErrChangeNotFound):
			return err
		}
		if err := s.timely(ctx, tx, p, a, c, now); err != nil {
			return err
		}
		answer = c
		answer.ID, answer.OrganiserID, answer.State, answer.ProposedAt, answer.ProposedBy = id.New(), a.OrganiserID, Proposed, now, p.AccountID
		if err := tx.Attendance().Propose(ctx, answer); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(answer, a, p, now, c.Reason))
	})
	return answer, err
}

// proposable tells whether the change makes sense for where the attendance stands.
func (s *Service) proposable(ctx context.Context, tx Tx, a Attendance, c Change, now time.Time) error {
	if err := tx.Attendance().Unsent(ctx, []Attendance{a}); err != nil {
		return err
	}
	if c.Kind == Reversal {
		if a.State != Verified {
			return ErrState.With("state", a.State)
		}
		return nil
	}
	if a.State != Verified && a.State != Pending && a.State != AutoClosed {
		return ErrState.With("state", a.State)
	}
	shifts, err := tx.Attendance().Shifts(ctx, []id.ID{a.ShiftID})
	if err != nil {
		return err
	}
	return shifts[0].Fits(*c.CheckedInAt, *c.CheckedOutAt, now)
}

// timely judges a proposed correction by the time that its shift leaves.
func (s *Service) timely(ctx context.Context, tx Tx, p auth.Principal, a Attendance, c Change, now time.Time) error {
	if c.Kind != Correction {
		return nil
	}
	shifts, err := tx.Attendance().Shifts(ctx, []id.ID{a.ShiftID})
	if err != nil {
		return err
	}
	proof := id.Nil
	if c.LateProofID != nil {
		proof = *c.LateProofID
	}
	t, err := timelinessOf(ctx, tx, p, s.clock, a.OrganiserID, shifts, []id.ID{proof}, now)
	if err != nil {
		return err
	}
	_, err = t.judge(shifts[0], s.clock, proof, now)
	return err
}

// DecideChange verifies a proposed change, which posts the difference, or refuses it with a reason. Errors:
// attendance.change_not_found, attendance.change_decided, auth.forbidden, duty.conflict_of_interest.
func (s *Service) DecideChange(ctx context.Context, attendance, change id.ID, verify bool, reason string) (Change, error) {
	now := s.clock.Now()
	f := fault.Collect()
	if !verify {
		text.Block(f, "reason", reason, 1, 500)
	}
	var answer Change
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		a, accounts, err := s.locked(ctx, tx, p, attendance)
		if err != nil {
			return err
		}
		c, err := tx.Attendance().Change(ctx, change)
		if err != nil {
			return err
		}
		if c.AttendanceID != a.ID {
			return ErrChangeNotFound
		}
		if err := CanWork(p, a.OrganiserID); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if c.State != Proposed {
			return ErrChangeDecided
		}
		if verify {
			answer, err = s.apply(ctx, tx, p, accounts, a, c, now)
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := CanRefuseChange(p, a, c, ties); err != nil {
			return err
		}
		answer = c
		answer.State, answer.DecidedAt, answer.DecidedBy, answer.Decision = Declined, &now, &p.AccountID, reason
		if err := tx.Attendance().DecideChange(ctx, answer); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(answer, a, p, now, reason))
	})
	return answer, err
}

// locked reads an attendance under the lock of its person. To who may not see it, it is not there.
func (s *Service) locked(ctx context.Context, tx Tx, p auth.Principal, attendance id.ID) (Attendance, map[id.ID]ledger.Account, error) {
	accounts, err := tx.Attendance().LockOf(ctx, []id.ID{attendance})
	if err != nil {
		return Attendance{}, nil, err
	}
	rows, err := tx.Attendance().Get(ctx, []id.ID{attendance})
	if err != nil {
		return Attendance{}, nil, err
	}
	if len(rows) == 0 || CanPropose(p, rows[0], Correction) != nil {
		return Attendance{}, nil, ErrNotFound
	}
	return rows[0], accounts, nil
}

// apply carries out a change that another person verifies.
func (s *Service) apply(ctx context.Context, tx Tx, p auth.Principal, accounts map[id.ID]ledger.Account, a Attendance, c Change, now time.Time) (Change, error) {
	if err := CanWork(p, a.OrganiserID); err != nil {
		return c, err
	}
	ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
	if err != nil {
		return c, err
	}
	if err := CanVerifyChange(p, a, c, ties); err != nil {
		return c, err
	}
	before := a
	kind := ledger.Correction
	if c.Kind == Reversal {
		if a.State != Verified {
			return c, ErrState.With("state", a.State)
		}
		kind = ledger.Reversal
		a.State, a.DecidedAt, a.DecidedBy, a.Reason = Reversed, &now, &p.AccountID, c.Reason
	} else {
		if !a.live() || a.State == Open {
			return c, ErrState.With("state", a.State)
		}
		a.CountedInAt, a.CountedOutAt = *c.CheckedInAt, c.CheckedOutAt
		a.WorkedMinutes, a.Day = a.Span().Minutes(), s.clock.Day(a.CountedInAt)
		if a.State != Verified {
			a.State, a.VerifiedAt, a.VerifiedBy = Verified, &now, &p.AccountID
		}
	}
	c.State, c.DecidedAt, c.DecidedBy = Applied, &now, &p.AccountID
	if err := tx.Attendance().DecideChange(ctx, c); err != nil {
		return c, err
	}
	if err := tx.Audit().Record(ctx, event(c, before, p, now, c.Reason)); err != nil {
		return c, err
	}
	_, err = Settle(ctx, tx, s.clock.Zone, accounts, []Attendance{before}, []Attendance{a},
		Cause{Kind: kind, Actor: p.AccountID, Reason: c.Reason, Now: now, Late: c.LateProofID != nil})
	return c, err
}

// event tells what a change does, or would do, to the attendance as it stands; a refused one leaves it.
func event(c Change, a Attendance, p auth.Principal, now time.Time, reason string) audit.Event {
	told := func(state State, in time.Time, out *time.Time) audit.Members {
		return audit.Members{"state": state, "checked_in_at": in, "checked_out_at": out}
	}
	before := told(a.State, a.CountedInAt, a.CountedOutAt)
	after := before
	switch {
	case c.State == Declined:
	case c.Kind == Reversal:
		after = told(Reversed, a.CountedInAt, a.CountedOutAt)
	default:
		after = told(Verified, *c.CheckedInAt, c.CheckedOutAt)
	}
	return audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "attendance." + string(c.Kind) + "." + string(c.State),
		SubjectType: "attendance", SubjectID: a.ID.String(), VolunteerID: &a.VolunteerID, Reason: reason, Detail: audit.Change(before, after)}
}

// Grant is what a dispute ends with when the volunteer is right: his presence at a shift, with the times that shall count.
type Grant struct {
	Shift       Shift
	VolunteerID id.ID
	In, Out     time.Time
	ClaimedBy   id.ID // the volunteer's account
	GrantedBy   id.ID // another person's, who may decide on it: the caller has asked
	Reason      string
	Now         time.Time
}

// Standing finds the presence at a shift that shares time with a span, among a person's presences there that still stand.
func Standing(rows []Attendance, span calendar.Span) (a Attendance, found bool) {
	for _, a := range rows {
		if a.live() && (a.State == Open || a.Span().Overlaps(span)) {
			return a, true
		}
	}
	return a, false
}

// GrantPorts is what a grant touches.
type GrantPorts interface {
	Ports
	Anomalies() anomaly.Repository
}

// Granted lets a presence count with the times of a grant, and posts the difference. One that was recorded is confirmed, with
// an applied change where its times become others; what was first told and what was posted stay. Where none stands (nobody
// recorded it, or it was reversed: given is nil then) a new one begins, told by the volunteer himself and verified by who
// granted it. The person's account must be locked. Errors: attendance.times_missing, end_before_start, too_long, in_future,
// outside_shift, and for a new presence activity_not_approved, shift_cancelled, guardian_pending, volunteer_withdrawn.
func Granted(ctx context.Context, tx GrantPorts, clock calendar.Clock, accounts map[id.ID]ledger.Account, given *Attendance, g Grant) (Attendance, []ledger.Entry, error) {
	if err := g.Shift.Fits(g.In, g.Out, g.Now); err != nil {
		return Attendance{}, nil, err
	}
	var (
		before []Attendance
		after  Attendance
		err    error
	)
	if given == nil {
		after, err = begun(ctx, tx, clock, g)
	} else {
		before = []Attendance{*given}
		after, err = regiven(ctx, tx, clock, *given, g)
	}
	if err != nil {
		return Attendance{}, nil, err
	}
	if after.State == Held {
		if err := releaseAll(ctx, tx.Anomalies(), after.ID, g); err != nil {
			return Attendance{}, nil, err
		}
	}
	if after.State != Verified {
		after.State, after.VerifiedAt, after.VerifiedBy = Verified, &g.Now, &g.GrantedBy
	}
	settled := []Attendance{after}
	entries, err := Settle(ctx, tx, clock.Zone, accounts, before, settled, Cause{Kind: ledger.Correction, Actor: g.GrantedBy, Reason: g.Reason, Now: g.Now})
	return settled[0], entries, err
}

// releaseAll decides with a grant on everything unusual that is still open about its presence.
func releaseAll(ctx context.Context, anomalies anomaly.Repository, attendance id.ID, g Grant) error {
	found, err := anomalies.Of(ctx, []id.ID{attendance})
	if err != nil {
		return err
	}
	var released []anomaly.Anomaly
	for _, x := range found {
		if x.State == anomaly.Open {
			x.State, x.DecidedAt, x.DecidedBy, x.Reason = anomaly.Released, &g.Now, &g.GrantedBy, g.Reason
			released = append(released, x)
		}
	}
	return anomalies.Decide(ctx, released)
}

// begun keeps a presence that nobody had recorded.
func begun(ctx context.Context, tx Ports, clock calendar.Clock, g Grant) (Attendance, error) {
	if err := g.Shift.TakesPresence(); err != nil {
		return Attendance{}, err
	}
	people, err := tx.Attendance().People(ctx, []id.ID{g.VolunteerID}, nil)
	if err != nil {
		return Attendance{}, err
	}
	if len(people) == 0 {
		return Attendance{}, ErrNoPerson
	}
	if err := errPresenceWithdrawn[people[0].Status]; err != nil {
		return Attendance{}, err
	}
	signedUp, err := tx.Attendance().SignedUp(ctx, []SignUp{{g.Shift.ID, g.VolunteerID}})
	if err != nil {
		return Attendance{}, err
	}
	a := g.Shift.attendance(g.VolunteerID, g.In, clock)
	a.close(g.Out, Pending)
	a.Evidence, a.WalkIn, a.RecordedAt, a.RecordedBy = Self, len(signedUp) == 0, g.Now, g.ClaimedBy
	return *a, tx.Attendance().Add(ctx, []Attendance{*a})
}

// regiven gives a presence the times of a grant, where they are others.
func regiven(ctx context.Context, tx Ports, clock calendar.Clock, a Attendance, g Grant) (Attendance, error) {
	if a.CountedOutAt != nil && a.CountedInAt.Equal(g.In) && a.CountedOutAt.Equal(g.Out) {
		return a, nil
	}
	if a.CheckedOutAt == nil {
		a.CheckedOutAt = &g.Out // the check-out was never told before
	}
	a.CountedInAt, a.CountedOutAt = g.In, &g.Out
	a.WorkedMinutes, a.Day = a.Span().Minutes(), clock.Day(a.CountedInAt)
	return a, tx.Attendance().Propose(ctx, Change{ID: id.New(), AttendanceID: a.ID, OrganiserID: a.OrganiserID, Kind: Correction, CheckedInAt: &g.In, CheckedOutAt: &g.Out,
		Reason: g.Reason, State: Applied, ProposedAt: g.Now, ProposedBy: g.ClaimedBy, DecidedAt: &g.Now, DecidedBy: &g.GrantedBy})
}
