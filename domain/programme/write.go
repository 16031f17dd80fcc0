package programme

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Draft is a programme as somebody enters it.
type Draft struct {
	Code    string
	Name    string
	NameEn  string
	Owner   string
	Source  string
	FromDay calendar.Day // no day is today
	Terms   Terms
}

// Begin checks a draft and makes a programme with its first version of it; where it gives points its budget is opened, and
// raised to what the terms say when they begin.
func (d Draft) Begin(ctx context.Context, tx register, by id.ID, now time.Time, today calendar.Day) (Whole, error) {
	if d.FromDay.IsZero() {
		d.FromDay = today
	}
	f := fault.Collect()
	if !codeForm.MatchString(d.Code) || len(d.Code) < 3 || len(d.Code) > 60 {
		f.Add("code", "code_form")
	}
	text.Line(f, "name", d.Name, 1, 100)
	text.Line(f, "name_en", d.NameEn, 1, 100)
	text.Line(f, "owner", d.Owner, 1, 100)
	text.Line(f, "source", d.Source, 1, 300)
	if err := checkTerms(ctx, tx, f, d.Code, d.Terms); err != nil {
		return Whole{}, err
	}
	p := Programme{ID: id.New(), Code: d.Code, Name: d.Name, NameEn: d.NameEn, Owner: d.Owner, Source: d.Source,
		CreatedAt: now, CreatedBy: by, Version: 1}
	v := Version{ProgrammeID: p.ID, Number: 1, FromDay: d.FromDay, Terms: d.Terms, CreatedAt: now, CreatedBy: by}
	w := Whole{p, []Version{v}}
	if err := tx.Programmes().Add(ctx, p, v); err != nil {
		return Whole{}, err
	}
	why := w.cause(now, today)
	why.Actor = by
	return w, fund(ctx, tx, w, why)
}

// checkTerms refuses terms that are wrong in themselves or name what is not there.
func checkTerms(ctx context.Context, tx interface{ Programmes() Repository }, f fault.Fields, code string, t Terms) error {
	under := f.Under("terms")
	t.check(under)
	atlas, err := tx.Programmes().Atlas(ctx)
	if err != nil {
		return err
	}
	fields, err := tx.Programmes().Fields(ctx)
	if err != nil {
		return err
	}
	t.known(under, atlas, fields)
	if t.Exchange != nil && t.Exchange.Programme != "" {
		if t.Exchange.Programme == code {
			under.Add("exchange.programme", "unknown")
		} else if _, err := tx.Programmes().ByCode(ctx, t.Exchange.Programme); err == ErrNotFound {
			under.Add("exchange.programme", "unknown")
		} else if err != nil {
			return err
		}
	}
	return f.Err()
}

// known notes regions and fields that there are none of.
func (t Terms) known(f fault.Fields, a Atlas, fields []string) {
	region := func(name, code string) {
		if code != "" && !a.Knows(code) {
			f.Add(name, "unknown")
		}
	}
	entries := func(name string, e Entries) {
		for list, codes := range map[string][]string{"fields": e.Fields, "not_fields": e.NotFields} {
			for i, code := range codes {
				if fieldForm.MatchString(code) && !slices.ContainsFunc(fields, func(known string) bool { return field(known, []string{code}) }) {
					f.Add(fmt.Sprintf("%s.entries.%s[%d]", name, list, i), "unknown")
				}
			}
		}
	}
	for i, r := range t.Requirements {
		for j, c := range r.AnyOf {
			name := fmt.Sprintf("requirements[%d].any_of[%d]", i, j)
			region(name+".scope.region", c.Scope.Region)
			entries(name, c.Entries)
		}
	}
	if c := t.Benefit.Counts; c != nil {
		region("benefit.counts.scope.region", c.Scope.Region)
		entries("benefit.counts", c.Entries)
	}
	if t.Ranking != nil {
		region("ranking.scope.region", t.Ranking.Scope.Region)
		entries("ranking", t.Ranking.Entries)
	}
	for i, code := range t.Person.Residence {
		region(fmt.Sprintf("person.residence[%d]", i), code)
	}
	for i, code := range t.Person.Affiliation {
		region(fmt.Sprintf("person.affiliation[%d]", i), code)
	}
}

// Create enters a new programme. Errors: auth.forbidden, request.invalid, programme.code_taken.
func (s *Service) Create(ctx context.Context, d Draft) (Whole, error) {
	now := s.clock.Now()
	var w Whole
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanManage(p); err != nil {
			return err
		}
		if w, err = d.Begin(ctx, tx, p.AccountID, now, s.clock.Day(now)); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(p, now, "programme.created", w.ID, "", fmt.Sprintf(`{"code":%q}`, w.Code)))
	})
	return w, err
}

// Change gives a programme other terms from a later day on; what was claimed before stays as it was. Errors: auth.forbidden,
// programme.not_found, programme.closed, request.changed, request.invalid.
func (s *Service) Change(ctx context.Context, programme id.ID, version int, from calendar.Day, t Terms, reason string) (Whole, error) {
	now := s.clock.Now()
	var w Whole
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanManage(p); err != nil {
			return err
		}
		if w, err = tx.Programmes().Lock(ctx, programme); err != nil {
			return err
		}
		if version != 0 && version != w.Version {
			return ErrChanged
		}
		if !w.ClosedOn.IsZero() {
			return ErrClosed
		}
		f := fault.Collect()
		text.Block(f, "reason", reason, 1, 500)
		last := w.Versions[len(w.Versions)-1]
		if f.Require(!from.IsZero(), "from_day") {
			if !from.After(s.clock.Day(now)) {
				f.Add("from_day", "not_future")
			} else if !from.After(last.FromDay) {
				f.Add("from_day", "order", "after", last.FromDay.String())
			}
		}
		if err := checkTerms(ctx, tx, f, w.Code, t); err != nil {
			return err
		}
		v := Version{ProgrammeID: w.ID, Number: last.Number + 1, FromDay: from, Terms: t, CreatedAt: now, CreatedBy: p.AccountID, Reason: reason}
		w.Version++
		w.Versions = append(slices.Clone(w.Versions), v)
		if err := tx.Programmes().AddVersion(ctx, w.Programme, v); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(p, now, "programme.changed", w.ID, reason, fmt.Sprintf(`{"number":%d,"from_day":%q}`, v.Number, from)))
	})
	return w, err
}

// Close ends a programme: from the day on nothing is claimed any more; what is held stays until it ends. Errors:
// auth.forbidden, programme.not_found, programme.closed, request.invalid.
func (s *Service) Close(ctx context.Context, programme id.ID, on calendar.Day, reason string) (Whole, error) {
	now := s.clock.Now()
	var w Whole
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanManage(p); err != nil {
			return err
		}
		if w, err = tx.Programmes().Lock(ctx, programme); err != nil {
			return err
		}
		if !w.ClosedOn.IsZero() {
			return ErrClosed
		}
		f := fault.Collect()
		text.Block(f, "reason", reason, 1, 500)
		if on.IsZero() {
			on = s.clock.Day(now)
		} else if on.Before(s.clock.Day(now)) {
			f.Add("closed_on", "past")
		}
		if err := f.Err(); err != nil {
			return err
		}
		w.ClosedOn, w.CloseReason, w.Version = on, strings.TrimSpace(reason), w.Version+1
		if err := tx.Programmes().Close(ctx, w.Programme); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(p, now, "programme.closed", w.ID, reason, fmt.Sprintf(`{"closed_on":%q}`, on)))
	})
	return w, err
}

func event(p auth.Principal, now time.Time, action string, subject id.ID, reason, detail string) audit.Event {
	return audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: action, SubjectType: "programme", SubjectID: subject.String(),
		Reason: reason, Detail: detail}
}
