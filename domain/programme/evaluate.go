package programme

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Entry is a row of the person's ledger with what conditions look at. Field, evidence, organiser and remote are those of the
// presence, so that what is taken back is taken from where it was counted.
type Entry struct {
	ID         id.ID
	Sequence   int64
	Day        calendar.Day
	Minutes    int
	Visits     int
	Field      string
	Evidence   string
	Organiser  id.ID
	RegionCode string // of the organiser
	Remote     bool
}

// Facts are what the city knows of a person, as of one moment.
type Facts struct {
	VolunteerID id.ID
	Number      string
	Status      string
	BirthDate   calendar.Day
	RegionCode  string
	CampID      *id.ID
	CampRegion  string  // of his own camp; empty for none
	Sequence    int64   // of his account's last entry
	Entries     []Entry // in the order in which they were posted
}

// Atlas knows which region lies in which, under every code that it ever had.
type Atlas struct {
	within map[string]map[string]bool // code asked for → codes at or below
	gu     map[string]string          // code → gu, under the newest code
	inCity map[string]bool            // codes of the city's own gu and dong
}

// Place is a region as an Atlas needs it.
type Place struct{ Code, Level, Parent, Successor string }

// NewAtlas makes one from all regions.
func NewAtlas(places []Place) Atlas {
	byCode, children, former := map[string]Place{}, map[string][]string{}, map[string][]string{}
	for _, p := range places {
		byCode[p.Code] = p
		children[p.Parent] = append(children[p.Parent], p.Code)
		if p.Successor != "" {
			former[p.Successor] = append(former[p.Successor], p.Code)
		}
	}
	newest := func(code string) string {
		for range places { // a chain is never longer than all regions
			next := byCode[code].Successor
			if next == "" {
				break
			}
			code = next
		}
		return code
	}
	a := Atlas{map[string]map[string]bool{}, map[string]string{}, map[string]bool{}}
	for _, p := range places {
		if p.Level == "city" {
			continue
		}
		a.inCity[p.Code] = true
		gu := newest(p.Code)
		if byCode[gu].Level == "dong" {
			gu = newest(byCode[gu].Parent)
		}
		a.gu[p.Code] = gu
		found, open := map[string]bool{}, []string{p.Code}
		for len(open) > 0 {
			code := open[0]
			open = open[1:]
			if found[code] {
				continue
			}
			found[code] = true
			open = append(append(open, children[code]...), former[code]...)
			if s := byCode[code].Successor; s != "" && byCode[code].Level != "city" {
				open = append(open, s)
			}
		}
		a.within[p.Code] = found
	}
	return a
}

// Knows tells whether a code is one of the city's gu or dong.
func (a Atlas) Knows(code string) bool { return a.inCity[code] }

// Within lists all codes at or below some regions, in order.
func (a Atlas) Within(codes ...string) []string {
	all := []string{}
	for _, code := range codes {
		for below := range a.within[code] {
			all = append(all, below)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Gus gives the gu of every code.
func (a Atlas) Gus() map[string]string { return a.gu }

// InCity lists the codes of the city's own gu and dong, in order.
func (a Atlas) InCity() []string {
	all := []string{}
	for code := range a.inCity {
		all = append(all, code)
	}
	slices.Sort(all)
	return all
}

func (a Atlas) in(code string, regions []string) bool {
	return slices.ContainsFunc(regions, func(r string) bool { return a.within[r][code] })
}

// field tells whether a code is one of the fields; those that end in 00 are whole groups.
func field(code string, of []string) bool {
	return slices.ContainsFunc(of, func(f string) bool {
		group, whole := strings.CutSuffix(f, "00")
		return f == code || whole && strings.HasPrefix(code, group)
	})
}

func (e Entries) has(x Entry) bool {
	return (len(e.Fields) == 0 || field(x.Field, e.Fields)) && !field(x.Field, e.NotFields) &&
		(len(e.Evidence) == 0 || slices.Contains(e.Evidence, x.Evidence)) && !slices.Contains(e.NotEvidence, x.Evidence) &&
		(!e.NotBlood || x.Field != BloodDonation) && (!e.NotRemote || !x.Remote)
}

func (s Scope) has(x Entry, f Facts, a Atlas) bool {
	switch s.Kind {
	case InRegion:
		return a.in(x.RegionCode, []string{s.Region})
	case InOwnGu:
		gu := a.gu[f.CampRegion]
		return gu != "" && a.gu[x.RegionCode] == gu
	case InOwn:
		return f.CampID != nil && x.Organiser == *f.CampID
	default:
		return true
	}
}

// meter adds up one measure as entries come.
type meter struct {
	measure string
	sum     int
	days    map[calendar.Day]int
}

func (m *meter) add(x Entry) {
	switch m.measure {
	case Minutes:
		m.sum += x.Minutes
	case Visits:
		m.sum += x.Visits
	default:
		if m.days == nil {
			m.days = map[calendar.Day]int{}
		}
		if m.days[x.Day] > 0 {
			m.sum--
		}
		if m.days[x.Day] += x.Minutes; m.days[x.Day] > 0 {
			m.sum++
		}
	}
}

// measured is what a condition comes to for a person in a span, counting entries up to a number (0 for all).
func (c Condition) measured(f Facts, a Atlas, span Span, upTo int64) int {
	m := meter{measure: c.Measure}
	for _, x := range f.Entries {
		if (upTo == 0 || x.Sequence <= upTo) && c.counts(x, f, a, span) {
			m.add(x)
		}
	}
	return m.sum
}

func (c Condition) counts(x Entry, f Facts, a Atlas, span Span) bool {
	return span.Has(x.Day) && c.Entries.has(x) && c.Scope.has(x, f, a)
}

// Measured is a condition with what it came to.
type Measured struct {
	Condition
	Requirement, Line int // which it is, from 0
	Span              Span
	Value             int
}

// Met tells whether there is enough.
func (m Measured) Met() bool { return m.Value >= m.AtLeast }

// Missing is how much more is wanted.
func (m Measured) Missing() int { return max(0, m.AtLeast-m.Value) }

// Measure counts all conditions of the terms for a person on a day.
func (t Terms) Measure(f Facts, a Atlas, day calendar.Day) []Measured {
	all := []Measured{}
	for i, r := range t.Requirements {
		for j, c := range r.AnyOf {
			span := c.Window.On(day)
			all = append(all, Measured{c, i, j, span, c.measured(f, a, span, 0)})
		}
	}
	return all
}

// met tells whether each requirement has a condition that is met.
func met(all []Measured) bool {
	ok := map[int]bool{}
	for _, m := range all {
		ok[m.Requirement] = ok[m.Requirement] || m.Met()
	}
	for _, one := range ok {
		if !one {
			return false
		}
	}
	return true
}

// Reasons for which somebody may not have it, beside what he has not done yet.
const (
	NotActive   = "not_active"     // his registration waits for a guardian or was withdrawn
	TooYoung    = "too_young"      //
	TooOld      = "too_old"        //
	LivesElse   = "residence"      //
	Unaffiliate = "affiliation"    //
	NotRanked   = "not_ranked"     // no decided ranking has him among the first
	NotYet      = "requirements"   // something is missing
	OutOfSeason = "out_of_season"  //
	HasIt       = "has_it"         //
	HadIt       = "had_it"         // once and no more
	YearFull    = "per_year"       // as many as one may have in a year
	BudgetGone  = "budget"         //
	TooFew      = "exchange"       // not enough to exchange
	Closed      = "closed"         //
	NotBegun    = "not_begun"      //
	Ended       = "validity_ended" // its fixed last day has passed
)

// barred lists what about the person stands against him.
func (p Person) barred(f Facts, a Atlas, day calendar.Day) []string {
	reasons := []string{}
	add := func(bar bool, reason string) {
		if bar {
			reasons = append(reasons, reason)
		}
	}
	add(f.Status != "active", NotActive)
	add(p.AgeFrom > 0 && f.BirthDate.After(latestBirth(p.AgeFrom, day)), TooYoung)
	add(p.AgeTo > 0 && !f.BirthDate.After(latestBirth(p.AgeTo+1, day)), TooOld)
	add(len(p.Residence) > 0 && !a.in(f.RegionCode, p.Residence) || p.CityOnly && !a.inCity[f.RegionCode], LivesElse)
	add(len(p.Affiliation) > 0 && !a.in(f.CampRegion, p.Affiliation), Unaffiliate)
	return reasons
}

// Births gives the birth days of those of the right age on a day, both included; no day for no bound.
func (p Person) Births(day calendar.Day) Span {
	var s Span
	if p.AgeFrom > 0 {
		s.To = latestBirth(p.AgeFrom, day)
	}
	if p.AgeTo > 0 {
		s.From = latestBirth(p.AgeTo+1, day).Add(1)
	}
	return s
}

// Qualifies tells whether a person meets the terms on a day but for a ranking: figures and person alike.
func (t Terms) Qualifies(f Facts, a Atlas, day calendar.Day) bool {
	return len(t.Person.barred(f, a, day)) == 0 && met(t.Measure(f, a, day))
}

// Evaluation finds everybody in the city who meets a programme's terms on a day. It goes through the persons by id, so many
// at once, and after a break goes on where it was.
type Evaluation struct {
	ID          id.ID
	ProgrammeID id.ID
	Number      int // of the version
	Day         calendar.Day
	State       string // running, finished
	Persons     int64  // there were when it began
	Seen        int64
	Eligible    int64 // found so far, before a ranking
	Position    id.ID // of the last person looked at
	StartedAt   time.Time
	StartedBy   id.ID
	FinishedAt  *time.Time
}

// States of evaluations.
const (
	Running  = "running"
	Finished = "finished"
)

// Result is somebody whom an evaluation found.
type Result struct {
	VolunteerID     id.ID
	VolunteerNumber string
	VolunteerName   string
	Place           int   // 0 where nothing is ranked
	Measured        []int // by condition, in the order of the terms
}

// ErrEvaluationNotFound is answered where there is no such evaluation of the programme.
var ErrEvaluationNotFound = fault.New(fault.NotFound, "programme.evaluation_not_found")

// Evaluations keeps evaluations inside a transaction.
type Evaluations interface {
	// Start keeps a new evaluation of as many persons as there are.
	Start(ctx context.Context, e Evaluation) (Evaluation, error)
	// Running finds the evaluation of a programme that runs.
	Running(ctx context.Context, programme id.ID) (e Evaluation, ok bool, err error)
	// Take reads an evaluation that runs and that nobody else is at, and keeps it from them until the transaction ends.
	Take(ctx context.Context) (e Evaluation, ok bool, err error)
	// Look finds who meets the terms among the persons that follow the evaluation's position, in one statement, and keeps them.
	// It gives the evaluation as it stands then; when nobody follows, its position is what it was.
	Look(ctx context.Context, e Evaluation, t Terms, a Atlas, persons int) (Evaluation, error)
	// Rank gives the places among those found.
	Rank(ctx context.Context, e Evaluation) error
	// Save writes how far an evaluation is.
	Save(ctx context.Context, e Evaluation) error
}

// Evaluate starts to evaluate a programme over the whole city, or gives the evaluation that runs already; the work is done
// by Work. Errors: auth.forbidden, programme.not_found, programme.closed.
func (s *Service) Evaluate(ctx context.Context, programme id.ID) (e Evaluation, made bool, err error) {
	now := s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanManage(p); err != nil {
			return err
		}
		w, err := tx.Programmes().Lock(ctx, programme)
		if err != nil {
			return err
		}
		running := false
		if e, running, err = tx.Evaluations().Running(ctx, programme); err != nil || running {
			made = false
			return err
		}
		v, ok := w.On(s.clock.Day(now))
		if !ok {
			return ErrClosed
		}
		e, err = tx.Evaluations().Start(ctx, Evaluation{ID: id.New(), ProgrammeID: w.ID, Number: v.Number, Day: s.clock.Day(now), State: Running,
			StartedAt: now, StartedBy: p.AccountID})
		if err != nil {
			return err
		}
		made = true
		return tx.Audit().Record(ctx, event(p, now, "programme.evaluated", w.ID, "", fmt.Sprintf(`{"evaluation":%q}`, e.ID)))
	})
	return e, made, err
}

// Persons is how many persons are looked at in one statement: little enough for the time that a statement may take.
const Persons = 20_000

// Work looks at so many more persons of an evaluation that runs; more tells whether there may be more to do.
func (s *Service) Work(ctx context.Context, persons int) (more bool, err error) {
	now := s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		e, ok, err := tx.Evaluations().Take(ctx)
		if more = ok; err != nil || !ok {
			return err
		}
		w, err := tx.Programmes().Read(ctx, e.ProgrammeID)
		if err != nil {
			return err
		}
		v, _ := w.Number(e.Number)
		atlas, err := tx.Programmes().Atlas(ctx)
		if err != nil {
			return err
		}
		next, err := tx.Evaluations().Look(ctx, e, v.Terms, atlas, persons)
		if err != nil {
			return err
		}
		if next.Position == e.Position {
			next.State, next.FinishedAt = Finished, &now
			if v.Terms.Ranking != nil {
				if err := tx.Evaluations().Rank(ctx, next); err != nil {
					return err
				}
			}
		}
		return tx.Evaluations().Save(ctx, next)
	})
	return more, err
}

// Progress tells how far an evaluation is. Errors: auth.forbidden, programme.evaluation_not_found.
func (s *Service) Progress(ctx context.Context, programme, evaluation id.ID) (Evaluation, error) {
	if err := CanManage(auth.From(ctx)); err != nil {
		return Evaluation{}, err
	}
	return s.reader.Evaluation(ctx, programme, evaluation)
}

// Results lists whom an evaluation found. Errors: auth.forbidden, programme.evaluation_not_found, page.cursor.
func (s *Service) Results(ctx context.Context, programme, evaluation id.ID, p page.Request) (page.Page[Result], error) {
	if _, err := s.Progress(ctx, programme, evaluation); err != nil {
		return page.Page[Result]{}, err
	}
	return s.reader.Results(ctx, evaluation, p)
}
