package attendance

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"dure/domain/insurance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/site"
)

// A code lives codeStep; the one before and the one after are taken too, for slow hands and clocks that differ.
const codeStep = 30 * time.Second

// A volunteer may check in from earlyCheckIn before the shift's start until its end.
const earlyCheckIn = 2 * time.Hour

// forgottenAfter is how long after the shift's end an open presence is closed.
const forgottenAfter = time.Hour

var (
	ErrCode         = fault.New(fault.Invalid, "attendance.code_wrong")
	ErrNoPerson     = fault.New(fault.Forbidden, "attendance.no_person")
	ErrNotYet       = fault.New(fault.Conflict, "attendance.not_yet")
	ErrOver         = fault.New(fault.Conflict, "attendance.shift_over")
	ErrNotCheckedIn = fault.New(fault.Conflict, "attendance.not_checked_in")
	ErrAlready      = fault.New(fault.Conflict, "attendance.already_recorded")
	ErrShift        = fault.New(fault.NotFound, "attendance.shift_not_found")
)

// Code is what the camp's device shows: eight digits that change every 30 seconds.
type Code struct {
	ShiftID           id.ID
	Digits            string
	ValidFrom, Expiry time.Time
}

// codePrefix begins the text of a code's picture, before the shift's id and the digits.
const codePrefix = "dure:check-in:"

// QR is the text of the picture that phones read.
func (c Code) QR() string { return codePrefix + c.ShiftID.String() + ":" + c.Digits }

// digitsOf takes the digits out of what a phone sends for a shift: typed, with spaces or hyphens between them, or the
// whole text of the picture. What is no code of this shift comes to nothing.
func digitsOf(shiftID id.ID, sent string) string {
	if digits, ok := strings.CutPrefix(sent, codePrefix+shiftID.String()+":"); ok {
		return digits
	}
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, sent)
}

// code derives the digits of a time step from the shift's secret (HMAC-SHA-256, truncated as in RFC 4226).
func code(secret string, step int64) string {
	h := hmac.New(sha256.New, []byte(secret))
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	h.Write(counter[:])
	sum := h.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	return fmt.Sprintf("%08d", binary.BigEndian.Uint32(sum[offset:offset+4])&0x7fffffff%100_000_000)
}

func (s Shift) accepts(digits string, now time.Time) bool {
	step, ok := now.Unix()/int64(codeStep/time.Second), 0
	for d := int64(-1); d <= 1; d++ {
		ok |= subtle.ConstantTimeCompare([]byte(code(s.CodeSecret, step+d)), []byte(digits))
	}
	return ok == 1
}

// CheckInCode gives the organiser's people the code to show. Errors: attendance.shift_not_found, auth.forbidden,
// attendance.activity_not_approved, attendance.shift_cancelled.
func (s *Service) CheckInCode(ctx context.Context, shiftID id.ID) (Code, error) {
	now := s.clock.Now()
	var c Code
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		shift, err := oneShift(ctx, tx, shiftID)
		if err != nil {
			return err
		}
		if err := CanWork(p, shift.OrganiserID); err != nil {
			return err
		}
		if err := shift.TakesPresence(); err != nil {
			return err
		}
		start := now.Truncate(codeStep)
		c = Code{shift.ID, code(shift.CodeSecret, now.Unix()/int64(codeStep/time.Second)), start, start.Add(codeStep)}
		return nil
	})
	return c, err
}

func oneShift(ctx context.Context, tx Tx, shiftID id.ID) (Shift, error) {
	shifts, err := tx.Attendance().Shifts(ctx, []id.ID{shiftID})
	if err == nil && len(shifts) == 0 {
		err = ErrShift
	}
	if err != nil {
		return Shift{}, err
	}
	return shifts[0], nil
}

// CheckedIn is a presence that has begun, and whether the person is insured.
type CheckedIn struct {
	Attendance
	Cover insurance.Cover
}

// CheckIn begins the presence of whoever sends the code from his own phone; asked again, it answers the same presence.
// The server's clock counts, not the phone's. It tells whether he is insured; who is not is checked in all the same. Errors:
// attendance.shift_not_found, attendance.no_person,
// attendance.guardian_pending, attendance.volunteer_withdrawn, attendance.activity_not_approved, attendance.shift_cancelled,
// site.not_approved, attendance.code_wrong, attendance.not_yet, attendance.shift_over, attendance.already_recorded.
func (s *Service) CheckIn(ctx context.Context, shiftID id.ID, code string) (CheckedIn, error) {
	now := s.clock.Now()
	var answer CheckedIn
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, shift, _, err := s.atShift(ctx, tx, shiftID, code, now)
		if err != nil {
			return err
		}
		people, err := tx.Attendance().People(ctx, []id.ID{p.VolunteerID}, nil)
		if err != nil {
			return err
		}
		if len(people) == 0 {
			return ErrNoPerson
		}
		if err := errPresenceWithdrawn[people[0].Status]; err != nil {
			return err
		}
		switch {
		case !shift.SiteOpen:
			return site.ErrNotApproved
		case now.Before(shift.StartsAt.Add(-earlyCheckIn)):
			return ErrNotYet
		case !now.Before(shift.EndsAt):
			return ErrOver
		}
		place := SignUp{shift.ID, p.VolunteerID}
		same, err := tx.Attendance().Same(ctx, shift.OrganiserID, nil, []SignUp{place})
		if err != nil {
			return err
		}
		for _, a := range same {
			if a.State == Open {
				answer.Attendance = a
				answer.Cover, err = s.coverAtDoor(ctx, tx, shift, a, now)
				return err
			}
			if a.live() && a.Span().End.After(now) {
				return ErrAlready
			}
		}
		signedUp, err := tx.Attendance().SignedUp(ctx, []SignUp{place})
		if err != nil {
			return err
		}
		a := shift.attendance(p.VolunteerID, now, s.clock)
		a.Evidence, a.WalkIn, a.RecordedAt, a.RecordedBy = QR, len(signedUp) == 0, now, p.AccountID
		if CanWork(p, shift.OrganiserID) == nil {
			a.Evidence = Self // who may read the code proves nothing by it
		}
		answer.Attendance = *a
		if err := tx.Attendance().Add(ctx, []Attendance{*a}); err != nil {
			return err
		}
		answer.Cover, err = s.coverAtDoor(ctx, tx, shift, *a, now)
		return err
	})
	return answer, err
}

// CheckOut ends the presence. Proved by the code, it is verified and posted at once; asked again, it answers the same.
// What is unusual about it is held instead. Errors as for CheckIn, and attendance.not_checked_in. From an hour after the shift's end on it is too late:
// attendance.shift_over, and the presence waits for a person.
func (s *Service) CheckOut(ctx context.Context, shiftID id.ID, code string) (Attendance, error) {
	now := s.clock.Now()
	var answer Attendance
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, shift, accounts, err := s.atShift(ctx, tx, shiftID, code, now)
		if err != nil {
			return err
		}
		same, err := tx.Attendance().Same(ctx, shift.OrganiserID, nil, []SignUp{{shift.ID, p.VolunteerID}})
		if err != nil {
			return err
		}
		a, closed := latest(same)
		switch {
		case a != nil && shift.forgotten(now):
			return ErrOver // what is left open is closed for him
		case a == nil && closed != nil:
			answer = *closed
			return nil
		case a == nil && slices.ContainsFunc(same, func(a Attendance) bool { return a.State == AutoClosed }):
			return ErrOver
		case a == nil:
			return ErrNotCheckedIn
		}
		a.close(now, Pending)
		found, err := s.suspected(ctx, tx, shift, *a, now)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			a.State = Held
		} else if a.Evidence == QR && CanWork(p, shift.OrganiserID) != nil {
			nobody := id.Nil // the code itself is the second witness
			a.State, a.VerifiedAt, a.VerifiedBy = Verified, &now, &nobody
		}
		if a.State != Verified {
			answer = *a
			if err := tx.Attendance().Decide(ctx, []Attendance{*a}); err != nil {
				return err
			}
			return suspend(ctx, tx, found, []Attendance{*a})
		}
		after := []Attendance{*a}
		_, err = Settle(ctx, tx, s.clock.Zone, accounts, nil, after, Cause{Actor: p.AccountID, Now: now})
		answer = after[0]
		return err
	})
	return answer, err
}

// forgotten tells whether whoever is still checked in has forgotten to check out.
func (s Shift) forgotten(now time.Time) bool { return !now.Before(s.EndsAt.Add(forgottenAfter)) }

// latest finds the open presence, else the last one that was closed by its own check-out.
func latest(rows []Attendance) (open, closed *Attendance) {
	for i := range rows {
		switch {
		case rows[i].State == Open:
			return &rows[i], nil
		case (rows[i].Evidence == QR || rows[i].Evidence == Self) && rows[i].State != AutoClosed && rows[i].live():
			if closed == nil || rows[i].CheckedInAt.After(closed.CheckedInAt) {
				closed = &rows[i]
			}
		}
	}
	return nil, closed
}

// atShift is the beginning of check-in and check-out: a person with an account, the shift, the code, and the person's lock.
func (s *Service) atShift(ctx context.Context, tx Tx, shiftID id.ID, code string, now time.Time) (auth.Principal, Shift, map[id.ID]ledger.Account, error) {
	fail := func(err error) (auth.Principal, Shift, map[id.ID]ledger.Account, error) {
		return auth.Principal{}, Shift{}, nil, err
	}
	p, err := auth.Current(ctx, tx.Grants(), now)
	if err != nil {
		return fail(err)
	}
	if p.VolunteerID == id.Nil {
		return fail(ErrNoPerson)
	}
	shift, err := oneShift(ctx, tx, shiftID)
	if err != nil {
		return fail(err)
	}
	accounts, err := tx.Ledger().Lock(ctx, []id.ID{p.VolunteerID})
	if err != nil {
		return fail(err)
	}
	if err := shift.TakesPresence(); err != nil {
		return fail(err)
	}
	if !shift.accepts(digitsOf(shiftID, code), now) {
		return fail(ErrCode)
	}
	return p, shift, accounts, nil
}

// CloseForgotten closes presences whose check-out was forgotten at their shift's end, as auto_closed: they credit nothing
// until a person confirms them. It may run any number of times, at any time.
func (s *Service) CloseForgotten(ctx context.Context) (closed int, err error) {
	now := s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		closed, err = tx.Attendance().CloseForgotten(ctx, now.Add(-forgottenAfter))
		return err
	})
	return closed, err
}

// place is a presence as insurance knows it.
func (s Shift) place(a Attendance) insurance.Place {
	return insurance.Place{ShiftID: s.ID, OrganiserID: s.OrganiserID, ActivityID: s.ActivityID, Title: s.Title, StartsAt: s.StartsAt, EndsAt: s.EndsAt,
		CancelledAt: s.CancelledAt, ActivityState: s.ActivityState, DecidedAt: s.DecidedAt, SiteOpen: s.SiteOpen,
		AttendanceID: a.ID, In: a.CountedInAt, Out: a.CountedOutAt, Verified: a.State == Verified}
}

// coverAtDoor tells whether who has just come is insured; it does not wait for his hours to be recognised.
func (s *Service) coverAtDoor(ctx context.Context, tx Tx, shift Shift, a Attendance, now time.Time) (insurance.Cover, error) {
	covers, err := insurance.AtDoor(ctx, tx.Insurance(), s.clock.Zone, []insurance.Asked{{VolunteerID: a.VolunteerID, At: now, Place: shift.place(a)}})
	if err != nil {
		return insurance.Cover{}, err
	}
	return covers[0], nil
}

// coverAll tells of each presence that is recorded whether the person was insured when he came, for all in one statement.
func (s *Service) coverAll(ctx context.Context, tx Tx, shifts map[id.ID]Shift, results []Result) error {
	var asked []insurance.Asked
	var of []int
	for i, r := range results {
		if r.Status == Recorded {
			a := *r.Attendance
			asked = append(asked, insurance.Asked{VolunteerID: a.VolunteerID, At: a.CountedInAt, Place: shifts[a.ShiftID].place(a)})
			of = append(of, i)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	covers, err := insurance.AtDoor(ctx, tx.Insurance(), s.clock.Zone, asked)
	for i := range covers {
		results[of[i]].Cover = &covers[i]
	}
	return err
}
