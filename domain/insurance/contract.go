package insurance

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Bounds of a contract.
const (
	maxItems  = 200
	maxPapers = 30
	maxWon    = 100_000_000_000
	maxAge    = 150  // years
	maxTravel = 1440 // minutes
	maxDays   = 3 * 366
)

// Draft is what is to be covered: items with their papers in the same place of the two lists.
type Draft struct {
	Conditions
	Items  []Item
	Papers [][]Paper
}

// Enter keeps a contract with its first version, which begins with it. Errors: auth.forbidden, request.invalid,
// insurance.contract_overlap, insurance.number_taken.
func (s *Service) Enter(ctx context.Context, c Contract, d Draft) (Whole, error) {
	now := s.clock.Now()
	c.ID, c.EnteredAt = id.New(), now
	f := fault.Collect()
	c.check(f)
	t := d.terms(f, c, c.StartsOn)
	var w Whole
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanManage(p); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := tx.Insurance().LockAll(ctx); err != nil {
			return err
		}
		if taken, err := tx.Insurance().Overlapping(ctx, c.StartsOn, c.EndsOn); err != nil || taken {
			if taken {
				err = ErrOverlap
			}
			return err
		}
		c.EnteredBy = &p.AccountID
		t.Version.Version, t.EnteredAt, t.EnteredBy = 1, now, &p.AccountID
		if err := tx.Insurance().Add(ctx, c); err != nil {
			return err
		}
		if err := tx.Insurance().AddVersion(ctx, t); err != nil {
			return err
		}
		w = Whole{c, []Terms{t}}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "insurance.contract_entered",
			SubjectType: "insurance_contract", SubjectID: c.ID.String(), Detail: fmt.Sprintf(`{"version":1,"items":%d}`, len(t.Items))})
	})
	return w, err
}

// Amendment changes what a contract covers from a day on.
type Amendment struct {
	ContractID    id.ID
	EffectiveFrom calendar.Day
	Conditions    *Conditions // nil: as before
	Items         []Item      // all that are covered from then on
	Papers        [][]Paper
	Reason        string
}

// Amend keeps a new version; what was before stays as it is written. Errors: auth.forbidden, insurance.contract_not_found,
// request.invalid.
func (s *Service) Amend(ctx context.Context, cmd Amendment) (Terms, error) {
	now := s.clock.Now()
	var t Terms
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanManage(p); err != nil {
			return err
		}
		c, err := tx.Insurance().Lock(ctx, cmd.ContractID)
		if err != nil {
			return err
		}
		last, err := tx.Insurance().Last(ctx, c.ID)
		if err != nil {
			return err
		}
		f := fault.Collect()
		text.Block(f, "reason", cmd.Reason, 1, 500)
		if f.Require(!cmd.EffectiveFrom.IsZero(), "effective_from") && !c.covers(cmd.EffectiveFrom) {
			f.Add("effective_from", "outside_contract")
		}
		d := Draft{last.Conditions, cmd.Items, cmd.Papers}
		if cmd.Conditions != nil {
			d.Conditions = *cmd.Conditions
		}
		t = d.terms(f, c, cmd.EffectiveFrom)
		if err := f.Err(); err != nil {
			return err
		}
		t.Version.Version, t.Reason, t.EnteredAt, t.EnteredBy = last.Version+1, cmd.Reason, now, &p.AccountID
		if err := tx.Insurance().AddVersion(ctx, t); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "insurance.contract_amended",
			SubjectType: "insurance_contract", SubjectID: c.ID.String(), Reason: cmd.Reason,
			Detail: fmt.Sprintf(`{"version":%d,"effective_from":%q,"items":%d}`, t.Version.Version, t.EffectiveFrom, len(t.Items))})
	})
	return t, err
}

func (c Contract) check(f fault.Fields) {
	text.Line(f, "insurer", c.Insurer, 1, 100)
	text.Line(f, "number", c.Number, 1, 100)
	text.Line(f, "reference", c.Reference, 0, 500)
	first, last := f.Require(!c.StartsOn.IsZero(), "starts_on"), f.Require(!c.EndsOn.IsZero(), "ends_on")
	switch {
	case !first || !last:
	case c.EndsOn.Before(c.StartsOn):
		f.Add("ends_on", "order", "after", "starts_on")
	case c.EndsOn.Sub(c.StartsOn) >= maxDays:
		f.Add("ends_on", "period_too_long", "years", 3)
	}
}

// terms notes what is wrong with a draft, and gives the version that it makes; its number is still to come.
func (d Draft) terms(f fault.Fields, c Contract, from calendar.Day) Terms {
	d.Conditions.check(f.Under("conditions"))
	if f.Require(len(d.Items) > 0, "items") && len(d.Items) > maxItems {
		f.Add("items", "too_many", "max", maxItems)
		d.Items = nil
	}
	t := Terms{Version: Version{ContractID: c.ID, EffectiveFrom: from, Conditions: d.Conditions}, Items: make([]Item, len(d.Items))}
	for i, item := range d.Items {
		under := f.Under("items[%d]", i)
		item.ID, item.ContractID = id.New(), c.ID
		if item.EffectiveFrom.IsZero() {
			item.EffectiveFrom = from
		}
		if item.EffectiveTo.IsZero() {
			item.EffectiveTo = c.EndsOn
		}
		item.check(under, c)
		if slices.ContainsFunc(t.Items[:i], item.clashes) {
			under.Add("kind", "repeated")
		}
		t.Items[i] = item
		if len(d.Papers[i]) > maxPapers {
			under.Add("papers", "too_many", "max", maxPapers)
			continue
		}
		for j, paper := range d.Papers[i] {
			paper.ItemID, paper.Position = item.ID, j+1
			paper.check(under.Under("papers[%d]", j), d.Papers[i][:j])
			t.Papers = append(t.Papers, paper)
		}
	}
	return t
}

func (c Conditions) check(f fault.Fields) {
	between(f, "minimum_age", int64(c.MinimumAge), 0, maxAge)
	if c.MaximumAge != nil {
		between(f, "maximum_age", int64(*c.MaximumAge), int64(c.MinimumAge), maxAge)
	}
	f.Require(c.Online || c.Paper, "online")
	between(f, "travel_before_minutes", int64(c.TravelBeforeMinutes), 0, maxTravel)
	between(f, "travel_after_minutes", int64(c.TravelAfterMinutes), 0, maxTravel)
}

// code is how kinds and papers are named.
var code = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func (i Item) check(f fault.Fields, c Contract) {
	if f.Require(i.Kind != "", "kind") && !code.MatchString(i.Kind) {
		f.Add("kind", "code")
	}
	text.Line(f, "name_ko", i.NameKo, 1, 100)
	text.Line(f, "name_en", i.NameEn, 1, 100)
	if between(f, "limit_won", i.LimitWon, 1, maxWon) {
		between(f, "deductible_won", i.DeductibleWon, 0, i.LimitWon-1)
	}
	if f.Require(i.Unit != "", "unit") && !slices.Contains(Units(), i.Unit) {
		f.Add("unit", "unknown")
	}
	switch {
	case i.MaxDays == nil:
	case i.Unit != PerDay:
		f.Add("max_days", "not_per_day")
	default:
		between(f, "max_days", int64(*i.MaxDays), 1, maxDays)
	}
	between(f, "age_from", int64(i.AgeFrom), 0, maxAge)
	if i.AgeTo != nil {
		between(f, "age_to", int64(*i.AgeTo), int64(i.AgeFrom), maxAge)
	}
	if !c.covers(i.EffectiveFrom) {
		f.Add("effective_from", "outside_contract")
	}
	if i.EffectiveTo.Before(i.EffectiveFrom) {
		f.Add("effective_to", "order", "after", "effective_from")
	} else if !c.covers(i.EffectiveTo) {
		f.Add("effective_to", "outside_contract")
	}
}

// clashes tells whether two items would pay twice for the same.
func (i Item) clashes(o Item) bool {
	ages := (i.AgeTo == nil || o.AgeFrom <= *i.AgeTo) && (o.AgeTo == nil || i.AgeFrom <= *o.AgeTo)
	return i.Kind == o.Kind && (ages || i.AgeFrom == o.AgeFrom)
}

func (p Paper) check(f fault.Fields, before []Paper) {
	switch {
	case !f.Require(p.Code != "", "code"):
	case !code.MatchString(p.Code):
		f.Add("code", "code")
	case slices.ContainsFunc(before, func(o Paper) bool { return o.Code == p.Code }):
		f.Add("code", "repeated")
	}
	text.Line(f, "name_ko", p.NameKo, 1, 100)
	text.Line(f, "name_en", p.NameEn, 1, 100)
}

func between(f fault.Fields, name string, value, minimum, maximum int64) bool {
	if value < minimum || value > maximum {
		f.Add(name, "range", "min", minimum, "max", maximum)
		return false
	}
	return true
}
