package claim

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"dure/domain/attendance"
	"dure/domain/document"
	"dure/domain/insurance"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/idempotency"
	"dure/domain/kernel/outbox"
	"dure/domain/kernel/text"
	"dure/domain/volunteer"
)

// Bounds of what is written.
const (
	maxText   = 4000 // characters
	maxPlace  = 200
	maxReason = 500
	maxKinds  = 20
)

// code is how kinds of items and papers are named.
var code = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Report tells of an accident.
type Report struct {
	VolunteerID    id.ID // nil for who tells it
	HappenedAt     time.Time
	Place          string
	Text           string // what happened, without what it did to his health
	ShiftID        id.ID  // where known
	AttendanceID   id.ID
	Kinds          []string // of items that are claimed
	Health         string   // what it did to his health; only with consent
	Consent        bool     // to the use of health data
	ConsentVersion string   // of the text that was read
}

func (r Report) check(now time.Time) error {
	f := fault.Collect()
	if f.Require(!r.HappenedAt.IsZero(), "happened_at") && r.HappenedAt.After(now) {
		f.Add("happened_at", "future")
	}
	text.Line(f, "place", r.Place, 1, maxPlace)
	text.Block(f, "text", r.Text, 1, maxText)
	text.Block(f, "health_text", r.Health, 0, maxText)
	text.Line(f, "health_consent_version", r.ConsentVersion, 0, 40)
	if r.Health != "" {
		f.Require(r.Consent, "health_consent")
	}
	if r.Consent {
		f.Require(r.ConsentVersion != "", "health_consent_version")
	}
	if f.Require(len(r.Kinds) > 0, "items") && len(r.Kinds) > maxKinds {
		f.Add("items", "too_many", "max", maxKinds)
		return f.Err()
	}
	for i, kind := range r.Kinds {
		switch {
		case !code.MatchString(kind):
			f.Add(fmt.Sprintf("items[%d]", i), "code")
		case slices.Contains(r.Kinds[:i], kind):
			f.Add(fmt.Sprintf("items[%d]", i), "repeated")
		}
	}
	return f.Err()
}

// Report keeps the report of an accident by the volunteer himself, or by the people of an organiser for a volunteer of theirs.
// It is taken whether he was covered or not, and in time or not, and says so. What was written lies in the vault before
// anything is kept; what comes to nothing is swept away from there. Errors: idempotency.required, request.invalid,
// document.vault_unavailable, insurance.no_person, volunteer.not_found (not theirs), attendance.not_found,
// attendance.shift_not_found, claim.reported_already, auth.forbidden (consent on paper of somebody with an account).
func (s *Service) Report(ctx context.Context, r Report) (Listed, error) {
	now := s.clock.Now()
	if err := idempotency.Require(ctx); err != nil {
		return Listed{}, err
	}
	if err := r.check(now); err != nil {
		return Listed{}, err
	}
	sealed, err := s.seal(ctx, r, now)
	if err != nil {
		return Listed{}, err
	}
	var l Listed
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		c, err := subject(ctx, tx, p, r)
		if err != nil {
			return err
		}
		if _, err := tx.Ledger().Lock(ctx, []id.ID{c.VolunteerID}); err != nil {
			return err
		}
		answer, err := s.ask(ctx, tx, c.VolunteerID, r.HappenedAt)
		if err != nil {
			return err
		}
		if err := known(ctx, tx, answer, r.Kinds); err != nil {
			return err
		}
		if own(p, c) && c.OrganiserID == nil && answer.Covered() {
			c.OrganiserID = &answer.Place.OrganiserID
		}
		c.ID, c.ReportedAt, c.ReportedBy, c.HappenedAt, c.Day, c.Place = id.New(), now, p.AccountID, r.HappenedAt, s.clock.Day(r.HappenedAt), r.Place
		years, err := tx.Claims().Deadline(ctx, c.Day)
		if err != nil {
			return err
		}
		c.DeadlineOn = c.Day.AddMonths(12 * years)
		c.StatementID = sealed[0].ID
		if len(sealed) > 1 {
			c.HealthID = &sealed[1].ID
		}
		for _, d := range sealed {
			d.UploadedBy, d.VolunteerID = p.AccountID, &c.VolunteerID
			if err := tx.Documents().Add(ctx, d); err != nil {
				return err
			}
		}
		first := c.move(Reported, p.AccountID, "", now)
		if err := tx.Claims().Add(ctx, c, r.Kinds, first, c.covered(answer)); err != nil {
			return err
		}
		if err := tell(ctx, tx, c, now); err != nil {
			return err
		}
		if r.Consent {
			if err := consent(ctx, tx, p, c, r.ConsentVersion, true, now); err != nil {
				return err
			}
		}
		if l, err = tx.Claims().Listed(ctx, c.ID); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(c, p, "claim.reported", "", audit.Change(nil, members(c)), now))
	})
	return l, err
}

// seal puts what was written into the vault: what happened, and what it did to his health.
func (s *Service) seal(ctx context.Context, r Report, now time.Time) ([]document.Document, error) {
	statement, err := document.Seal(ctx, s.vault, document.Claim, r.Text, now)
	if err != nil || r.Health == "" {
		return []document.Document{statement}, err
	}
	health, err := document.Seal(ctx, s.vault, document.ClaimHealth, r.Health, now)
	return []document.Document{statement, health}, err
}

// subject finds whose accident it was, and where. An organiser that has nothing to do with him is not kept: it would see him.
func subject(ctx context.Context, tx Tx, p auth.Principal, r Report) (Claim, error) {
	c := Claim{VolunteerID: r.VolunteerID}
	if c.VolunteerID == id.Nil {
		c.VolunteerID = p.VolunteerID
	}
	if c.VolunteerID == id.Nil {
		return c, insurance.ErrNoPerson
	}
	among := p.Scopes(organisers...)
	if !own(p, c) { // before anything is looked up: who has no volunteers learns nothing of them
		if _, found, err := tx.Claims().Theirs(ctx, c.VolunteerID, among); err != nil || !found {
			if err == nil {
				err = volunteer.ErrNotFound
			}
			return c, err
		}
	}
	at := id.Nil
	switch {
	case r.AttendanceID != id.Nil:
		rows, err := tx.Attendance().Get(ctx, []id.ID{r.AttendanceID})
		if err != nil {
			return c, err
		}
		if len(rows) == 0 || rows[0].VolunteerID != c.VolunteerID || r.ShiftID != id.Nil && rows[0].ShiftID != r.ShiftID {
			return c, attendance.ErrNotFound
		}
		c.AttendanceID, c.ShiftID, at = &rows[0].ID, &rows[0].ShiftID, rows[0].OrganiserID
	case r.ShiftID != id.Nil:
		shifts, err := tx.Attendance().Shifts(ctx, []id.ID{r.ShiftID})
		if err != nil {
			return c, err
		}
		if len(shifts) == 0 {
			return c, attendance.ErrShift
		}
		c.ShiftID, at = &shifts[0].ID, shifts[0].OrganiserID
	}
	if at != id.Nil {
		if !own(p, c) && !slices.Contains(among, at) {
			return c, attendance.ErrNotFound
		}
		among = []id.ID{at}
	} else if own(p, c) {
		return c, nil
	}
	organiser, found, err := tx.Claims().Theirs(ctx, c.VolunteerID, among)
	switch {
	case err != nil:
		return c, err
	case found:
		c.OrganiserID = &organiser
	case !own(p, c):
		return c, volunteer.ErrNotFound
	}
	return c, nil
}

// ask asks whether the person was covered at the accident, by what is known now.
func (s *Service) ask(ctx context.Context, tx Tx, person id.ID, at time.Time) (insurance.Cover, error) {
	covers, err := insurance.At(ctx, tx.Insurance(), s.clock.Zone, []insurance.Question{{VolunteerID: person, At: at}})
	if err == nil && len(covers) == 0 {
		err = volunteer.ErrNotFound
	}
	if err != nil {
		return insurance.Cover{}, err
	}
	return covers[0], nil
}

// known wants kinds that the contract has, where there is one.
func known(ctx context.Context, tx Tx, answer insurance.Cover, kinds []string) error {
	if answer.Policy == nil {
		return nil
	}
	items, _, err := tx.Insurance().Items(ctx, answer.Policy.ID, answer.Policy.Version)
	if err != nil {
		return err
	}
	f := fault.Collect()
	for i, kind := range kinds {
		if !slices.ContainsFunc(items, func(item insurance.Item) bool { return item.Kind == kind }) {
			f.Add(fmt.Sprintf("items[%d]", i), "unknown")
		}
	}
	return f.Err()
}

// event is what the log of acts keeps of a step. What people wrote of the accident stays in the vault.
func event(c Claim, p auth.Principal, action, reason, detail string, now time.Time) audit.Event {
	return audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: action, SubjectType: "claim", SubjectID: c.ID.String(),
		VolunteerID: &c.VolunteerID, Reason: reason, Detail: detail}
}

// tell tells other systems where a claim stands now. What is claimed would say something of somebody's health, so it is not told.
func tell(ctx context.Context, tx Tx, c Claim, now time.Time) error {
	e := outbox.Event{Topic: outbox.ClaimMoved, At: now, Data: map[string]any{"claim_id": c.ID, "volunteer_id": c.VolunteerID,
		"organiser_id": c.OrganiserID, "state": c.State, "step": c.Steps}}
	if c.OrganiserID != nil {
		e.OrganiserID = *c.OrganiserID
	}
	return tx.Outbox().Emit(ctx, e)
}

func members(c Claim) audit.Members {
	return audit.Members{"state": c.State, "approved_won": c.ApprovedWon}
}

// locked reads a claim under the lock of its volunteer. To who may not see it, it is not there.
func locked(ctx context.Context, tx Tx, p auth.Principal, claim id.ID) (Claim, error) {
	c, err := tx.Claims().Get(ctx, claim)
	if err == nil {
		err = CanSee(p, c)
	}
	if err != nil {
		return c, err
	}
	if _, err := tx.Ledger().Lock(ctx, []id.ID{c.VolunteerID}); err != nil {
		return c, err
	}
	return tx.Claims().Get(ctx, claim) // only now is it the latest
}

// mayDecide reads who has had a part in the matter.
func mayDecide(ctx context.Context, tx Tx, p auth.Principal, c Claim, to State) error {
	ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
	if err != nil {
		return err
	}
	acts, err := tx.Duties().Acts(ctx, duty.Entered, c.ReportedBy)
	if err != nil {
		return err
	}
	if to == Paid && c.ApprovedBy != nil {
		decided, err := tx.Duties().Acts(ctx, duty.Decided, *c.ApprovedBy)
		if err != nil {
			return err
		}
		acts = append(acts, decided...)
	}
	return CanDecide(p, c, ties, acts)
}
