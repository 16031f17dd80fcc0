package volunteer

import (
	"context"
	"slices"
	"strings"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Change is what a person changes about himself; what is nil stays. An empty Mobile or Email takes it away.
type Change struct {
	Version int // the version he saw; 0 for any

	Name, RegionCode, Mobile, Email *string
	Sex                             *Sex
	Consents                        []Consent // new answers; those that say what is known already change nothing
}

// Change changes the record of the person who is signed in. He lives in a new region from today on.
// Errors: volunteer.no_person, request.changed, request.invalid, volunteer.consent_missing, volunteer.consent_required.
func (s *Service) Change(ctx context.Context, cmd Change) error {
	now := s.clock.Now()
	today := s.clock.Day(now)
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		before, err := own(ctx, tx.Volunteers(), p)
		if err != nil {
			return err
		}
		if cmd.Version != 0 && cmd.Version != before.Version {
			return ErrChanged
		}
		v := before.Volunteer
		if err := v.apply(cmd); err != nil {
			return err
		}
		answers, err := s.news(before.Consents, cmd.Consents)
		if err != nil {
			return err
		}
		if cmd.RegionCode != nil {
			if v.RegionCode, err = residence(ctx, tx.Volunteers(), *cmd.RegionCode, today); err != nil {
				return err
			}
		}
		v.Version++
		if err := tx.Volunteers().Update(ctx, v, now); err != nil {
			return err
		}
		if v.RegionCode != before.RegionCode {
			if err := tx.Volunteers().Move(ctx, v.ID, v.RegionCode, today, now); err != nil {
				return err
			}
		}
		if err := tx.Volunteers().LinkWards(ctx, v); err != nil {
			return err
		}
		if err := tx.Volunteers().Consent(ctx, given(v.ID, answers, now, &p.AccountID, Online)...); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "volunteer.changed",
			SubjectType: "volunteer", SubjectID: v.ID.String(), VolunteerID: &v.ID, Detail: cmd.told(before, v)})
	})
}

func own(ctx context.Context, r Repository, p auth.Principal) (Record, error) {
	if p.VolunteerID == id.Nil {
		return Record{}, ErrNoPerson
	}
	return r.Record(ctx, p.VolunteerID)
}

func (v *Volunteer) apply(cmd Change) error {
	f := fault.Collect()
	if cmd.Name != nil {
		text.Line(f, "name", *cmd.Name, 1, 100)
		v.Name = strings.Join(strings.Fields(*cmd.Name), " ")
		v.Search = text.Search(v.Name)
	}
	if cmd.Sex != nil {
		if v.Sex = *cmd.Sex; !v.Sex.known() {
			f.Add("sex", "unknown")
		}
	}
	if cmd.Mobile != nil {
		v.Mobile = *cmd.Mobile
	}
	if cmd.Email != nil {
		v.Email = *cmd.Email
	}
	v.Mobile, v.Email = contact(f, v.Mobile, v.Email)
	checkConsents(f, cmd.Consents)
	return f.Err()
}

// news gives the answers that differ from what is known. Texts that everybody must agree to cannot be refused here: who
// takes that back leaves, which is a procedure of its own.
func (s *Service) news(known, answers []Consent) ([]Consent, error) {
	var fresh []Consent
	for _, c := range answers {
		version, must := s.texts[c.Purpose]
		switch {
		case must && !c.Granted:
			return nil, ErrConsentRequired.With("purpose", string(c.Purpose))
		case must && c.Version != version:
			return nil, ErrConsentMissing.On("consents", "consent", "purpose", c.Purpose, "version", version)
		case !slices.Contains(known, c):
			fresh = append(fresh, c)
		}
	}
	return fresh, nil
}

// told says what was changed; of what names or reaches a person, and of his consents, only that it was.
func (cmd Change) told(was Record, is Volunteer) string {
	names := []string{}
	for _, m := range []struct {
		name string
		set  bool
	}{{"name", cmd.Name != nil}, {"sex", cmd.Sex != nil}, {"region_code", cmd.RegionCode != nil}, {"mobile", cmd.Mobile != nil},
		{"email", cmd.Email != nil}, {"consents", len(cmd.Consents) > 0}} {
		if m.set {
			names = append(names, m.name)
		}
	}
	return audit.Change(audit.Members{"version": was.Version, "region_code": was.RegionCode},
		audit.Members{"version": is.Version, "region_code": is.RegionCode, "members": names})
}
