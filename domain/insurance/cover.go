package insurance

import (
	"context"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Basis says what cover rests on.
type Basis string

const (
	BySignUp   Basis = "sign_up"             // a confirmed place on a shift
	ByPresence Basis = "check_in"            // presence that was recorded, confirmed or not
	ByVerified Basis = "verified_attendance" // presence that another person confirmed
)

// strength orders bases: what happened counts for more than what was planned.
var strength = map[Basis]int{BySignUp: 1, ByPresence: 2, ByVerified: 3}

// Reason says why somebody is not covered.
type Reason string

const (
	NoConsent       Reason = "no_consent"            // he did not consent to the passing on of his data, or took it back
	PolicyGap       Reason = "policy_gap"            // no contract was in force
	GuardianPending Reason = "guardian_pending"      // the guardian's consent was not confirmed
	Withdrawn       Reason = "withdrawn"             // he left
	AgeOutside      Reason = "age_outside"           // the contract covers other ages
	KindOutside     Reason = "registration_outside"  // the contract covers other ways of registering
	NotApproved     Reason = "activity_not_approved" // nobody has approved the activity, or only later
	ShiftCancelled  Reason = "shift_cancelled"
	NotCome         Reason = "no_show"     // he had a place and did not come
	NoActivity      Reason = "no_activity" // nothing of his was at that time
)

// Question asks about one person at one instant.
type Question struct {
	VolunteerID id.ID
	At          time.Time
}

// Policy is the contract and version in force.
type Policy struct {
	Contract
	Version int
	Conditions
}

// Facts are what was known of a person, and of the contract, at the instant of a question.
type Facts struct {
	Question
	Number          int // of the question, from 0
	BirthDate       calendar.Day
	Status          string // active, pending_guardian or withdrawn, as of now
	Paper           bool   // a camp registered him
	Consented       bool   // the latest word up to the instant
	GuardianPending bool   // he has a guardian who had not confirmed by then
	Policy          *Policy
}

// Place is a place on a shift, or a presence at one.
type Place struct {
	ShiftID, OrganiserID, ActivityID id.ID
	Title                            string
	StartsAt, EndsAt                 time.Time // of the shift
	CancelledAt                      *time.Time
	ActivityState                    string // approved and ended ones were approved
	DecidedAt                        *time.Time
	SiteOpen                         bool   // the demand site is in good standing, where it is of one
	SignUp                           string // confirmed, attended or no_show; empty for a presence

	AttendanceID id.ID // of a presence, with the times that count
	In           time.Time
	Out          *time.Time
	Verified     bool
}

// Numbered is a place with the number of the question that it was found for.
type Numbered struct {
	Number int
	Place
}

func (p Place) basis() Basis {
	switch {
	case p.SignUp != "":
		return BySignUp
	case p.Verified:
		return ByVerified
	}
	return ByPresence
}

// window is the time that a place gives cover for, with the ways there and back: of presence what happened, of a sign-up what
// was planned. Once he came his presence tells; who did not come was covered until the beginning, for he may have
// been on his way. Source: 행정안전부 자원봉사 종합보험, cover before, during and after the activity and on the way.
func (p Place) window(c Conditions, among []Place) calendar.Span {
	before, after := time.Duration(c.TravelBeforeMinutes)*time.Minute, time.Duration(c.TravelAfterMinutes)*time.Minute
	if p.SignUp == "" {
		end := p.EndsAt
		if p.Out != nil {
			end = *p.Out
		} else if end.Before(p.In) {
			end = p.In
		}
		return calendar.Span{Start: p.In.Add(-before), End: end.Add(after)}
	}
	span := calendar.Span{Start: p.StartsAt.Add(-before), End: p.EndsAt.Add(after)}
	if p.SignUp != "confirmed" {
		span.End = p.StartsAt
	}
	for _, other := range among {
		if other.SignUp == "" && other.ShiftID == p.ShiftID && (p.SignUp == "confirmed" || other.In.After(span.End)) {
			span.End = other.In
		}
	}
	return span
}

// refused says why a place gives no cover at an instant within its time; empty when it does.
func (p Place) refused(at time.Time) Reason {
	switch {
	case p.CancelledAt != nil && !p.CancelledAt.After(at):
		return ShiftCancelled
	case p.ActivityState == "ended":
		return ""
	case p.ActivityState != "approved" || p.DecidedAt != nil && p.DecidedAt.After(at) || p.SignUp != "" && !p.SiteOpen:
		return NotApproved
	}
	return ""
}

// Cover is the answer to a question.
type Cover struct {
	Question
	Reason Reason  // why not; empty when covered
	Policy *Policy // nil when none was in force
	Age    int     // full years at the instant
	Basis  Basis   // and the rest, when covered
	Place  Place
	Window calendar.Span // of the place, ways included, within the contract's days
}

// Covered tells whether the person is covered.
func (c Cover) Covered() bool { return c.Reason == "" }

// Cover tells, from what is known, whether the person is covered by one of his places: the strongest that holds. It does not
// wait for hours to be recognised.
func (f Facts) Cover(zone *time.Location, places []Place) Cover {
	c := Cover{Question: f.Question, Policy: f.Policy, Age: calendar.AgeOn(f.BirthDate, calendar.Of(f.At, zone)), Reason: NoActivity}
	var conditions Conditions
	if f.Policy != nil {
		conditions = f.Policy.Conditions
	}
	for _, p := range places {
		window := p.window(conditions, places)
		inside := !f.At.Before(window.Start) && f.At.Before(window.End)
		switch reason := p.refused(f.At); {
		case !inside && p.SignUp == "no_show" && !f.At.Before(p.StartsAt) && f.At.Before(p.EndsAt) && c.Reason == NoActivity:
			c.Reason = NotCome
		case !inside || f.Status == "withdrawn" && p.SignUp != "":
		case reason != "":
			if !c.Covered() {
				c.Reason = reason
			}
		case !c.Covered() || strength[p.basis()] > strength[c.Basis]:
			c.Reason, c.Basis, c.Place, c.Window = "", p.basis(), p, f.Policy.within(window, zone)
		}
	}
	if reason := f.refused(c); reason != "" {
		return Cover{Question: c.Question, Policy: c.Policy, Age: c.Age, Reason: reason}
	}
	return c
}

// refused says what of the person or the contract stands against cover, whatever he did.
func (f Facts) refused(c Cover) Reason {
	switch {
	case f.Status == "pending_guardian" || f.GuardianPending:
		return GuardianPending
	case f.Status == "withdrawn" && !c.Covered():
		return Withdrawn
	case f.Policy == nil:
		return PolicyGap
	case f.Policy.ConsentRequired && !f.Consented:
		return NoConsent
	case c.Age < f.Policy.MinimumAge || f.Policy.MaximumAge != nil && c.Age > *f.Policy.MaximumAge:
		return AgeOutside
	case f.Paper && !f.Policy.Paper || !f.Paper && !f.Policy.Online:
		return KindOutside
	}
	return ""
}

// within cuts a window to the contract's days.
func (p *Policy) within(w calendar.Span, zone *time.Location) calendar.Span {
	if p == nil {
		return w
	}
	if first := p.StartsOn.Start(zone); w.Start.Before(first) {
		w.Start = first
	}
	if end := p.EndsOn.End(zone); w.End.After(end) {
		w.End = end
	}
	return w
}

// Benefits are the items that apply to a person who is covered.
func Benefits(items []Item, c Cover, zone *time.Location) []Item {
	theirs := []Item{}
	for _, i := range items {
		if c.Covered() && i.appliesTo(c.Age, calendar.Of(c.At, zone)) {
			theirs = append(theirs, i)
		}
	}
	return theirs
}

// At answers questions with all that is known around their instants; unknown persons are left out.
func At(ctx context.Context, r Repository, zone *time.Location, about []Question) ([]Cover, error) {
	facts, places, err := gather(ctx, r, zone, about)
	covers := make([]Cover, len(facts))
	for i, f := range facts {
		covers[i] = f.Cover(zone, places[f.Number])
	}
	return covers, err
}

func gather(ctx context.Context, r Repository, zone *time.Location, about []Question) ([]Facts, map[int][]Place, error) {
	facts, err := r.Facts(ctx, zone, about)
	if err != nil || len(facts) == 0 {
		return nil, nil, err
	}
	found, err := r.Places(ctx, about)
	if err != nil {
		return nil, nil, err
	}
	places := map[int][]Place{}
	for _, p := range found {
		places[p.Number] = append(places[p.Number], p.Place)
	}
	return facts, places, nil
}

// Asked is a question about one place that is known already, such as that of somebody at the door.
type Asked struct {
	VolunteerID id.ID
	At          time.Time
	Place       Place
}

// AtDoor answers what is asked about known places, in one statement and in their order; an unknown person's answer has no
// reason to be covered.
func AtDoor(ctx context.Context, r Repository, zone *time.Location, asked []Asked) ([]Cover, error) {
	about := make([]Question, len(asked))
	covers := make([]Cover, len(asked))
	for i, a := range asked {
		about[i] = Question{a.VolunteerID, a.At}
		covers[i] = Cover{Question: about[i], Reason: NoActivity}
	}
	facts, err := r.Facts(ctx, zone, about)
	for _, f := range facts {
		covers[f.Number] = f.Cover(zone, []Place{asked[f.Number].Place})
	}
	return covers, err
}
