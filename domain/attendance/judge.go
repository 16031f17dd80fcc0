package attendance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dure/domain/anomaly"
	"dure/domain/document"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
	"dure/domain/sheet"
	"dure/domain/window"
)

var (
	ErrClientID          = fault.New(fault.Invalid, "attendance.client_id_missing")
	ErrClientIDReused    = fault.New(fault.Conflict, "attendance.client_id_reused")
	ErrEvidence          = fault.New(fault.Invalid, "attendance.evidence_not_allowed")
	ErrVolunteerUnknown  = fault.New(fault.Invalid, "attendance.volunteer_unknown")
	ErrGuardianPending   = fault.New(fault.Conflict, "attendance.guardian_pending")
	ErrWithdrawn         = fault.New(fault.Conflict, "attendance.volunteer_withdrawn")
	ErrShiftUnknown      = fault.New(fault.Invalid, "attendance.shift_unknown")
	ErrShiftCancelled    = fault.New(fault.Conflict, "attendance.shift_cancelled")
	ErrNotApproved       = fault.New(fault.Conflict, "attendance.activity_not_approved")
	ErrEndBeforeStart    = fault.New(fault.Invalid, "attendance.end_before_start")
	ErrTooLong           = fault.New(fault.Invalid, "attendance.too_long")
	ErrInFuture          = fault.New(fault.Invalid, "attendance.in_future")
	ErrOutsideShift      = fault.New(fault.Invalid, "attendance.outside_shift")
	ErrTravel            = fault.New(fault.Invalid, "attendance.travel")
	ErrGroupName         = fault.New(fault.Invalid, "attendance.group_name")
	ErrTimesMissing      = fault.New(fault.Invalid, "attendance.times_missing")
	errPresenceWithdrawn = map[string]error{"pending_guardian": ErrGuardianPending, "withdrawn": ErrWithdrawn}
)

// Bounds of what a presence may be.
const (
	maxPresence  = 24 * time.Hour
	maxTravel    = 600             // minutes
	clockSkew    = 5 * time.Minute // how far ahead a tablet's clock may be
	maxClientIDs = 64              // characters of a client id
	maxGroupName = sheet.MaxGroupName
)

// book is everything that the items of one batch are judged by, including what the batch itself adds.
type book struct {
	organiser Organiser
	clock     calendar.Clock
	byID      map[id.ID]Person
	byNumber  map[string]Person
	shifts    map[id.ID]Shift
	byClient  map[string]*Attendance
	byPlace   map[SignUp][]*Attendance
	signedUp  map[SignUp]bool

	timeliness timeliness
}

func newBook(o Organiser, clock calendar.Clock, people []Person) *book {
	b := &book{organiser: o, clock: clock, byID: map[id.ID]Person{}, byNumber: map[string]Person{}, shifts: map[id.ID]Shift{},
		byClient: map[string]*Attendance{}, byPlace: map[SignUp][]*Attendance{}, signedUp: map[SignUp]bool{}}
	for _, p := range people {
		b.byID[p.ID], b.byNumber[p.Number] = p, p
	}
	return b
}

func (b *book) personIDs() []id.ID {
	ids := make([]id.ID, 0, len(b.byID))
	for i := range b.byID {
		ids = append(ids, i)
	}
	return ids
}

func (b *book) person(item Item) (Person, bool) {
	if item.VolunteerID != id.Nil {
		p, ok := b.byID[item.VolunteerID]
		return p, ok && (item.VolunteerNumber == "" || item.VolunteerNumber == p.Number)
	}
	p, ok := b.byNumber[item.VolunteerNumber]
	return p, ok
}

// places lists who is said to have been where.
func (b *book) places(items []Item) []SignUp {
	var at []SignUp
	seen := map[SignUp]bool{}
	for _, item := range items {
		if p, ok := b.person(item); ok && item.Err == nil {
			if place := (SignUp{item.ShiftID, p.ID}); !seen[place] {
				seen[place] = true
				at = append(at, place)
			}
		}
	}
	return at
}

func (b *book) add(a *Attendance) {
	if a.ClientID != nil && a.OrganiserID == b.organiser.ID {
		b.byClient[*a.ClientID] = a
	}
	place := SignUp{a.ShiftID, a.VolunteerID}
	for _, known := range b.byPlace[place] {
		if known.ID == a.ID {
			return
		}
	}
	b.byPlace[place] = append(b.byPlace[place], a)
}

// judge decides on items in the order given.
func (b *book) judge(p auth.Principal, items []Item, now time.Time) (results []Result, added []Attendance) {
	results = make([]Result, len(items))
	for i, item := range items {
		r := Result{ClientID: item.ClientID, Status: Refused}
		a, first, err := b.one(p, item, now)
		switch {
		case err != nil:
			r.Err = err
		case first != nil:
			r.Status, r.Attendance = Duplicate, first
		default:
			r.Status, r.Attendance = Recorded, a
			added = append(added, *a)
			b.add(a)
		}
		results[i] = r
	}
	return results, added
}

// one decides on one item: a new attendance, or the first telling of the same presence, or why not.
func (b *book) one(p auth.Principal, item Item, now time.Time) (a, first *Attendance, err error) {
	if item.Err != nil {
		return nil, nil, item.Err
	}
	if item.ClientID == "" || len(item.ClientID) > maxClientIDs {
		return nil, nil, ErrClientID
	}
	if item.Evidence != Leader && item.Evidence != "" {
		return nil, nil, ErrEvidence
	}
	if utf8.RuneCountInString(item.GroupName) > maxGroupName || strings.ContainsFunc(item.GroupName, unicode.IsControl) {
		return nil, nil, ErrGroupName.With("max", maxGroupName)
	}
	person, ok := b.person(item)
	if !ok {
		return nil, nil, ErrVolunteerUnknown
	}
	hash := item.hash(person.ID)
	if known, ok := b.byClient[item.ClientID]; ok {
		if *known.ClientHash != hash {
			return nil, nil, ErrClientIDReused
		}
		return nil, known, nil
	}
	if err := errPresenceWithdrawn[person.Status]; err != nil {
		return nil, nil, err
	}
	shift, ok := b.shifts[item.ShiftID]
	if !ok || shift.OrganiserID != b.organiser.ID {
		return nil, nil, ErrShiftUnknown
	}
	if err := shift.TakesPresence(); err != nil {
		return nil, nil, err
	}
	if err := shift.Fits(item.CheckedInAt, item.CheckedOutAt, now); err != nil {
		return nil, nil, err
	}
	if item.TravelMinutes < 0 || item.TravelMinutes > maxTravel {
		return nil, nil, ErrTravel.With("max", maxTravel)
	}
	place := SignUp{shift.ID, person.ID}
	if first := b.same(place, item); first != nil {
		return nil, first, nil
	}
	late, err := b.timeliness.judge(shift, b.clock, item.LateProofID, now)
	if err != nil {
		return nil, nil, err
	}
	evidence, proof := Leader, (*id.ID)(nil)
	switch {
	case late:
		evidence, proof = LateProof, &item.LateProofID
	case p.VolunteerID == person.ID:
		evidence = Self
	}
	a = shift.attendance(person.ID, item.CheckedInAt, b.clock)
	a.ClientID, a.ClientHash = &item.ClientID, &hash
	a.close(item.CheckedOutAt, Pending)
	a.TravelMinutes, a.Evidence, a.WalkIn = item.TravelMinutes, evidence, !b.signedUp[place]
	a.LateProofID = proof
	if item.GroupName != "" {
		a.GroupName = &item.GroupName
	}
	a.RecordedAt, a.RecordedBy = now, p.AccountID
	return a, nil, nil
}

// same finds the presence that was told before: overlapping, or word for word one that was refused or taken back.
func (b *book) same(place SignUp, item Item) *Attendance {
	told := calendar.Span{Start: item.CheckedInAt, End: item.CheckedOutAt}
	for _, a := range b.byPlace[place] {
		span := calendar.Span{Start: a.CheckedInAt, End: item.CheckedOutAt}
		if a.CheckedOutAt != nil {
			span.End = *a.CheckedOutAt
		}
		identical := span == told
		if a.live() && (span.Overlaps(told) || a.CountedOutAt != nil && a.Span().Overlaps(told)) || identical {
			return a
		}
	}
	return nil
}

// hash is over what an item says. One without a group has that of before there were any.
func (i Item) hash(volunteer id.ID) string {
	said := fmt.Appendf(nil, "%s %s %d %d %d", volunteer, i.ShiftID, i.CheckedInAt.UnixMicro(), i.CheckedOutAt.UnixMicro(), i.TravelMinutes)
	if i.GroupName != "" {
		said = append(append(said, ' '), i.GroupName...)
	}
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:])
}

// TakesPresence tells whether presence at the shift may be recorded: its listing was approved before any result.
func (s Shift) TakesPresence() error {
	switch {
	case !s.Approved:
		return ErrNotApproved
	case s.CancelledAt != nil:
		return ErrShiftCancelled
	}
	return nil
}

// Fits tells whether times can be a presence at the shift.
func (s Shift) Fits(in, out, now time.Time) error {
	switch {
	case in.IsZero() || out.IsZero():
		return ErrTimesMissing
	case !in.Before(out):
		return ErrEndBeforeStart
	case out.Sub(in) > maxPresence:
		return ErrTooLong
	case out.After(now.Add(clockSkew)):
		return ErrInFuture
	case !in.Before(s.EndsAt), !out.After(s.StartsAt):
		return ErrOutsideShift
	}
	return nil
}

// attendance begins a presence at the shift.
func (s Shift) attendance(person id.ID, in time.Time, clock calendar.Clock) *Attendance {
	return &Attendance{ID: id.New(), ShiftID: s.ID, ActivityID: s.ActivityID, OrganiserID: s.OrganiserID, VolunteerID: person,
		CheckedInAt: in, CountedInAt: in, Day: clock.Day(in), State: Open}
}

// close ends an open presence.
func (a *Attendance) close(out time.Time, state State) {
	a.CheckedOutAt, a.CountedOutAt, a.State = &out, &out, state
	a.WorkedMinutes = a.Span().Minutes()
}

var (
	ErrLateClosed         = fault.New(fault.Conflict, "attendance.late_window_closed")
	ErrLateProofNotNeeded = fault.New(fault.Invalid, "attendance.late_proof_not_needed")
)

// day is the activity's day, from which the time to enter it runs: the one on which the shift ends.
func (s Shift) day(clock calendar.Clock) calendar.Day {
	return clock.Day(s.EndsAt.Add(-time.Microsecond))
}

// timeliness is until when an organiser's presences may be entered, and which of the proofs named are the teller's own.
type timeliness struct {
	windows window.Windows
	proofs  map[id.ID]bool
}

// timelinessOf reads what it takes to judge tellings of these shifts that name these proofs. Of recent shifts it reads nothing.
func timelinessOf(ctx context.Context, tx Tx, p auth.Principal, clock calendar.Clock, organiser id.ID, shifts []Shift, proofs []id.ID, now time.Time) (t timeliness, err error) {
	today := clock.Day(now)
	for _, s := range shifts {
		if t.windows == nil && !window.SurelyOpen(s.day(clock), today) {
			if t.windows, err = tx.Attendance().Windows(ctx, organiser); err != nil {
				return t, err
			}
		}
	}
	t.proofs = map[id.ID]bool{}
	for _, proof := range proofs {
		if _, looked := t.proofs[proof]; looked || proof == id.Nil {
			continue
		}
		err := tx.Documents().Usable(ctx, p.AccountID, []id.ID{proof}, document.LateProof)
		if err != nil && !errors.Is(err, document.ErrNotFound) {
			return t, err
		}
		t.proofs[proof] = err == nil
	}
	return t, nil
}

// judge tells whether a telling is late. It is refused when it is late without a proof, or with one that is not the
// teller's own, or names a proof without being late.
func (t timeliness) judge(s Shift, clock calendar.Clock, proof id.ID, now time.Time) (late bool, err error) {
	last, limited := t.windows.LastDay(s.day(clock))
	late = limited && clock.Day(now).After(last)
	switch {
	case late && proof == id.Nil:
		return late, ErrLateClosed.With("last_day", last)
	case !late && proof != id.Nil:
		return late, ErrLateProofNotNeeded
	case late && !t.proofs[proof]:
		return late, document.ErrNotFound
	}
	return late, nil
}

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
	p := anomaly.Presence{AttendanceID: a.ID, VolunteerID: a.VolunteerID, ActivityID: a.ActivityID, Span: a.Span(), Day: a.Day, Minutes: a.WorkedMinutes,
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

// suspend keeps what was found about new presences, and tells other systems of those that are held.
func suspend(ctx context.Context, tx Tx, found []anomaly.Anomaly, added []Attendance) error {
	if len(found) == 0 {
		return nil
	}
	if err := tx.Anomalies().Add(ctx, found); err != nil {
		return err
	}
	var events []outbox.Event
	holds := Holds(found)
	for _, a := range added {
		if h, held := holds[a.ID]; held {
			events = append(events, outbox.Event{Topic: outbox.AttendanceHeld, At: h.Since, OrganiserID: a.OrganiserID, Data: map[string]any{
				"attendance_id": a.ID, "volunteer_id": a.VolunteerID, "shift_id": a.ShiftID, "day": a.Day, "worked_minutes": a.WorkedMinutes,
				"organiser_id": a.OrganiserID, "reasons": h.Reasons}})
		}
	}
	return tx.Outbox().Emit(ctx, events...)
}
