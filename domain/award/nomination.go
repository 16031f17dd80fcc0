package award

import (
	"time"

	"dure/domain/document"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Supporters (추천 동의자) is how many a nomination needs. Source: 대한민국 자원봉사대상, any citizen but not oneself, five supporters.
const Supporters = 5

// State is where a nomination stands.
type State string

const (
	Open      State = "open"      // looks for supporters
	Submitted State = "submitted" // has five; waits for consent, checks and a proposal
	Proposed  State = "proposed"  // one officer has said what should become of it; another decides
	Awarded   State = "awarded"
	Declined  State = "declined"
	Withdrawn State = "withdrawn"
)

// States lists all states.
func States() []State { return []State{Open, Submitted, Proposed, Awarded, Declined, Withdrawn} }

// Consent is what the nominee says.
type Consent string

const (
	Asked   Consent = "asked"
	Granted Consent = "granted"
	Refused Consent = "refused"
)

// Nomination (추천) is where it stands. How it came there is told by its steps, which are never changed.
type Nomination struct {
	ID           id.ID
	RoundID      id.ID
	CategoryCode string
	NomineeID    id.ID
	NominatorID  id.ID
	NominatedBy  id.ID // the nominator's account
	NominatedAt  time.Time
	Achievements string
	State        State
	Supports     int
	Consent      Consent
	Published    bool   // the nominee wants to be named in the hall of fame
	Outcome      State  // proposed or decided: awarded or declined; empty before
	GradeCode    string // of an award
	ProposedBy   *id.ID
	DecidedBy    *id.ID
	DecidedAt    *time.Time
	Steps        int
}

// NominationStepKind says what was done about a nomination.
type NominationStepKind string

const (
	stepNominated      NominationStepKind = "nominated"
	stepSupported      NominationStepKind = "supported"
	stepConsentGranted NominationStepKind = "consent_granted"
	stepConsentRefused NominationStepKind = "consent_refused"
	stepFoundPass      NominationStepKind = "found_pass"
	stepFoundFail      NominationStepKind = "found_fail"
	stepProposed       NominationStepKind = "proposed"
	stepRefused        NominationStepKind = "refused"
	stepAwarded        NominationStepKind = "awarded"
	stepDeclined       NominationStepKind = "declined"
	stepWithdrawn      NominationStepKind = "withdrawn"
)

// NominationStep is one act about a nomination.
type NominationStep struct {
	NominationID id.ID
	Number       int
	Kind         NominationStepKind
	HappenedAt   time.Time
	AccountID    id.ID
	Code         string // of the question found on, or of the grade proposed or awarded
	Reason       string
}

// Told tells whether the step is for those outside the centre, too: what is found and proposed is not, before it is decided.
func (s NominationStep) Told() bool {
	switch s.Kind {
	case stepFoundPass, stepFoundFail, stepProposed, stepRefused:
		return false
	}
	return true
}

// step notes an act in its place, and counts it.
func (n *Nomination) step(kind NominationStepKind, by id.ID, code, reason string, at time.Time) NominationStep {
	n.Steps++
	return NominationStep{NominationID: n.ID, Number: n.Steps, Kind: kind, HappenedAt: at, AccountID: by, Code: code, Reason: reason}
}

// told is a nomination in the log of acts.
func (n Nomination) told() audit.Members {
	return audit.Members{"state": n.State, "supports": n.Supports, "consent": n.Consent, "published": n.Published, "outcome": n.Outcome, "grade": n.GradeCode}
}

func (n Nomination) event(action string, p auth.Principal, reason string, before any, at time.Time) audit.Event {
	return audit.Event{HappenedAt: at, AccountID: &p.AccountID, Action: "award." + action, SubjectType: "nomination", SubjectID: n.ID.String(),
		VolunteerID: &n.NomineeID, Reason: reason, Detail: audit.Change(before, n.told())}
}

// Supporter is a person who stands up for a nomination.
type Supporter struct {
	VolunteerID id.ID
	AccountID   id.ID
	SupportedAt time.Time
}

// Finding is the answer to a question that excludes: passed or not, and nothing of what it rests on.
type Finding struct {
	Number       int
	QuestionCode string
	Passed       bool
	CheckedOn    calendar.Day // when the answer was had
	FoundAt      time.Time
	FoundBy      id.ID
}

// judged tells how the last findings answer a round's questions: some are missing, or one excludes.
func judged(questions []Item, findings []Finding) (missing, excluded bool) {
	last := map[string]bool{}
	for _, f := range findings {
		last[f.QuestionCode] = f.Passed
	}
	for _, q := range questions {
		passed, found := last[q.Code]
		missing = missing || !found
		excluded = excluded || found && !passed
	}
	return missing, excluded
}

// Filter says which nominations are wanted; zero members do not restrict.
type Filter struct{ State State }

// Listed is a nomination with what lists show beside it.
type Listed struct {
	Nomination
	RoundName     string
	Year          int
	CategoryKo    string
	CategoryEn    string
	NomineeNumber string
	NomineeName   string // in full
	NominatorName string // in full
}

// Story is a nomination with all that belongs to it.
type Story struct {
	Listed
	Supported []Supporter
	Found     []Finding
	Told      []NominationStep
	Documents []document.Document
}

// Honour is somebody who was awarded.
type Honour struct {
	ID         id.ID // of the nomination
	RoundID    id.ID
	RoundName  string
	Year       int
	CategoryKo string
	CategoryEn string
	GradeKo    string
	GradeEn    string
	Name       string // in full
	Published  bool   // or else only masked
	DecidedAt  time.Time
	DecidedOn  calendar.Day `gorm:"-"` // the city's day
}

// Shown is the name as the hall of fame shows it.
func (h Honour) Shown() string {
	if h.Published {
		return h.Name
	}
	return text.Mask(h.Name)
}
