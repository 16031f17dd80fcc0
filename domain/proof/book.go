package proof

import (
	"encoding/json"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/recognition"
)

// Book is an account with everything that was posted to it, and what it was posted for.
type Book struct {
	Account      ledger.Account
	Entries      []Entry      // by sequence
	Attendances  []Attendance // the owner's, in an account of minutes
	Certificates []Certificate
}

// Entry is an entry as it is stored. Its minutes are those of its legs; it carries no others.
type Entry struct {
	ledger.Entry
	ReductionsText string           // the reductions as they are stored
	Legs           []ledger.Posting // by line
}

// own is what the entry brings to its own account.
func (e Entry) own() int64 {
	var sum int64
	for _, leg := range e.Legs {
		if leg.AccountID == e.AccountID {
			sum += leg.Amount
		}
	}
	return sum
}

// balanced tells whether the entry takes nothing from nowhere; of minutes, whether it moves them from the city's account to
// its own or back, and does nothing else.
func (e Entry) balanced(kind ledger.AccountKind) bool {
	var sum int64
	for _, leg := range e.Legs {
		if kind == ledger.VolunteerMinutes && leg.AccountID != e.AccountID && leg.AccountID != ledger.ServiceGiven {
			return false
		}
		sum += leg.Amount
	}
	return len(e.Legs) >= 2 && sum == 0
}

// authentic tells whether the digest is that of what is stored, to the last character.
func (e Entry) authentic() bool {
	if json.Unmarshal([]byte(e.ReductionsText), &e.Reductions) != nil {
		return false
	}
	again, err := json.Marshal(e.Reductions)
	return err == nil && string(again) == e.ReductionsText && e.Digest(e.Legs) == e.Hash
}

// account proves what is true of an account alone.
func (c *checker) account(b Book) {
	var (
		a       = b.Account
		last    ledger.Entry
		balance int64
	)
	for _, e := range b.Entries {
		wrong := func(invariant string) {
			c.findings.add(invariant, "ledger_entries %s (account %s, sequence %d)", e.ID, a.ID, e.Sequence)
		}
		if !e.balanced(a.Kind) {
			wrong(EntriesBalance)
		}
		if balance += e.own(); balance < 0 {
			wrong(NeverBelowZero)
		}
		if e.Sequence != last.Sequence+1 {
			wrong(SequencesUnbroken)
		}
		if e.PostedAt.Before(last.PostedAt) {
			wrong(TimeMovesForward)
		}
		if e.PreviousHash != last.Hash {
			wrong(ChainIsLinked)
		}
		if !e.authentic() {
			wrong(DigestsAreTrue)
		}
		last = e.Entry
	}
	if a.Balance != balance && a.Kind != ledger.ProgrammePoints { // to a budget, entries of other accounts post too
		c.findings.add(BalancesAreSums, "ledger_accounts %s (balance %d, sum %d)", a.ID, a.Balance, balance)
	}
	if a.Sequence != last.Sequence || a.Head != last.Hash || !same(a.LastPostedAt, last.PostedAt) {
		c.findings.add(HeadsAreLast, "ledger_accounts %s (sequence %d, last entry %d)", a.ID, a.Sequence, last.Sequence)
	}
}

// same compares an account's time with that of its last entry, which is zero when there is none.
func same(kept *time.Time, last time.Time) bool {
	if kept == nil {
		return last.IsZero()
	}
	return kept.Equal(last)
}

// Attendance is what the proof needs to know of an attendance; its times are the counted ones, and equal while it is open.
type Attendance struct {
	recognition.Presence
	State             attendance.State
	Day               calendar.Day
	WorkedMinutes     int
	RecognisedMinutes int
}

func (a Attendance) span() calendar.Span { return calendar.Span{Start: a.In, End: a.Out} }

// attendances proves that attendances and entries tell the same.
func (c *checker) attendances(b Book) {
	type posted struct {
		minutes int64
		visits  int
		begun   bool // there is an entry on the day of the check-in
	}
	told := make(map[id.ID]*posted, len(b.Attendances))
	days := make(map[id.ID]calendar.Day, len(b.Attendances))
	for _, a := range b.Attendances {
		told[a.AttendanceID], days[a.AttendanceID] = &posted{}, calendar.Of(a.In, c.zone)
	}
	for _, e := range b.Entries {
		p, ok := told[e.SourceID]
		if !ok || e.SourceType != "attendance" || e.VolunteerID != b.Account.OwnerID {
			c.findings.add(EntriesHaveSource, "ledger_entries %s (%s %s)", e.ID, e.SourceType, e.SourceID)
		}
		if ok {
			p.minutes += e.own()
			p.visits += e.Visits
			p.begun = p.begun || e.EffectiveDay == days[e.SourceID]
		}
	}
	for _, a := range b.Attendances {
		p, visits := told[a.AttendanceID], 0
		if a.State == attendance.Verified {
			visits = 1
		}
		if int64(a.RecognisedMinutes) != p.minutes || visits == 0 && p.minutes != 0 {
			c.findings.add(AttendanceMinutes, "attendances %s (%s, %d minutes, %d posted)", a.AttendanceID, a.State, a.RecognisedMinutes, p.minutes)
		}
		if p.visits != visits || visits == 1 && !p.begun {
			c.findings.add(AttendanceVisits, "attendances %s (%s, %d visits)", a.AttendanceID, a.State, p.visits)
		}
		if a.Day != days[a.AttendanceID] || a.WorkedMinutes != a.span().Minutes() {
			c.findings.add(AttendanceTimes, "attendances %s (%s, %d minutes)", a.AttendanceID, a.Day, a.WorkedMinutes)
		}
	}
}
