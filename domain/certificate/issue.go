package certificate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/serial"
	"dure/domain/kernel/text"
	"dure/domain/ledger"
)

// Bounds of one certificate, and of one person's wish for them.
const (
	mostYears = 10
	mostLines = 2000
	mostADay  = 20
	day       = 24 * time.Hour
)

// tries is how often a certificate is drawn up anew because minutes were posted meanwhile.
const tries = 3

// Issue says what one wants to be certified about oneself.
type Issue struct {
	From, To   calendar.Day
	Show       Show
	FieldCodes []string
	Language   Language
	Purpose    string
}

// Issue certifies the caller's recognised minutes of a period and keeps paper, content and hash for ever. What the ledger
// holds is read and drawn without a lock; then, under the lock of the person's account, it must still stand at the same
// entry. Errors: ledger.no_person, request.invalid, certificate.nothing_to_certify, certificate.too_many_lines,
// certificate.too_many_a_day, certificate.account_moved.
func (s *Service) Issue(ctx context.Context, cmd Issue) (Issued, error) {
	now := s.clock.Now()
	me := auth.From(ctx).VolunteerID
	if me == id.Nil {
		return Issued{}, ledger.ErrNoPerson
	}
	f := fault.Collect()
	cmd.check(f, s.clock.Day(now))
	if err := f.Err(); err != nil {
		return Issued{}, err
	}
	for try := 1; ; try++ {
		c, lines, err := s.draft(ctx, me, cmd, now)
		if err != nil {
			return Issued{}, err
		}
		pdf, err := s.printer.Print(c, lines)
		if err != nil {
			return Issued{}, err
		}
		c.PaperHash = PaperHash(pdf)
		if err = s.keep(ctx, c, lines, pdf, now); try == tries || !errors.Is(err, errAccounted) {
			return Issued{Certificate: c}, err
		}
	}
}

func (i Issue) check(f fault.Fields, today calendar.Day) {
	from, to := f.Require(!i.From.IsZero(), "from"), f.Require(!i.To.IsZero(), "to")
	switch {
	case to && i.To.After(today):
		f.Add("to", "future")
	case from && to && i.To.Before(i.From):
		f.Add("to", "order", "after", "from")
	case from && to && calendar.AgeOn(i.From, i.To) >= mostYears:
		f.Add("to", "too_many_years", "max", mostYears)
	}
	if i.Show != Activities && i.Show != Sums {
		f.Add("show", "unknown")
	}
	if i.Language != Korean && i.Language != English {
		f.Add("language", "unknown")
	}
	if len(i.FieldCodes) > 100 {
		f.Add("field_codes", "too_many", "max", 100)
	}
	text.Line(f, "purpose", i.Purpose, 0, 100)
}

// draft draws up what is to be certified, as the ledger stands now.
func (s *Service) draft(ctx context.Context, me id.ID, cmd Issue, now time.Time) (Certificate, []Line, error) {
	st, err := s.reader.Statement(ctx, me, cmd.From, cmd.To, now.Add(-day))
	if err != nil {
		return Certificate{}, nil, err
	}
	if st.Issued >= mostADay { // told before anything is drawn; what counts is told again under the lock
		return Certificate{}, nil, ErrTooMany.With("max", mostADay)
	}
	codes, err := wanted(cmd.FieldCodes, st.FieldNames)
	if err != nil {
		return Certificate{}, nil, err
	}
	lines := Lines(st.Postings, codes)
	switch {
	case len(lines) == 0:
		return Certificate{}, nil, ErrNothing
	case len(lines) > mostLines:
		return Certificate{}, nil, ErrTooLong.With("max", mostLines)
	}
	issuedAt := now
	if st.LastPostedAt != nil && issuedAt.Before(*st.LastPostedAt) {
		issuedAt = *st.LastPostedAt // as entries, a certificate is never earlier than what it rests on
	}
	c := Certificate{ID: id.New(), Number: serial.New(digits), VolunteerID: me, AccountID: st.AccountID, LedgerSequence: st.Sequence,
		LedgerHead: st.Head, Name: st.Name, BirthDate: st.BirthDate, VolunteerNumber: st.Number, FromDay: cmd.From, ToDay: cmd.To,
		Show: cmd.Show, FieldCodes: strings.Join(codes, ","), Language: cmd.Language, Purpose: strings.TrimSpace(cmd.Purpose),
		Issuer: s.issuer, IssuedAt: issuedAt, IssuedOn: s.clock.Day(issuedAt)}
	for _, l := range lines {
		c.Minutes += l.Minutes
	}
	c.ContentHash = c.Digest(lines)
	return c, lines, nil
}

// wanted puts the fields asked for in order, each once, or refuses those that there are none of.
func wanted(codes []string, names map[string]string) ([]string, error) {
	f := fault.Collect()
	for i, code := range codes {
		if _, ok := names[code]; !ok {
			f.Add(fmt.Sprintf("field_codes[%d]", i), "unknown")
		}
	}
	codes = slices.Clone(codes)
	slices.Sort(codes)
	return slices.Compact(codes), f.Err()
}

// Lines sums up what was posted for each presence on each day, and leaves out what came to nothing. A presence is of the
// field under which it was posted last; codes limit the fields, none of them is all.
func Lines(postings []Line, codes []string) []Line {
	var lines []Line
	for _, p := range postings {
		if n := len(lines); n > 0 && lines[n-1].AttendanceID == p.AttendanceID && lines[n-1].Day == p.Day {
			p.Minutes += lines[n-1].Minutes
			lines = lines[:n-1]
		}
		lines = append(lines, p)
	}
	return slices.DeleteFunc(lines, func(l Line) bool {
		return l.Minutes <= 0 || len(codes) > 0 && !slices.Contains(codes, l.FieldCode)
	})
}

// keep writes a drawn certificate, if nothing was posted to the account since its draft.
func (s *Service) keep(ctx context.Context, c Certificate, lines []Line, pdf []byte, now time.Time) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if p.VolunteerID != c.VolunteerID {
			return ledger.ErrNoPerson
		}
		accounts, err := tx.Ledger().Lock(ctx, []id.ID{c.VolunteerID})
		if err != nil {
			return err
		}
		if a := accounts[c.VolunteerID]; a.Sequence != c.LedgerSequence || a.Head != c.LedgerHead {
			return errAccounted
		}
		issued, err := tx.Certificates().IssuedSince(ctx, c.VolunteerID, now.Add(-day))
		if err != nil {
			return err
		}
		if issued >= mostADay {
			return ErrTooMany.With("max", mostADay)
		}
		if err := tx.Certificates().Add(ctx, c, lines, pdf); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "certificate.issued",
			SubjectType: "certificate", SubjectID: c.ID.String(), VolunteerID: &c.VolunteerID,
			Detail: fmt.Sprintf(`{"content":"%s","paper":"%s"}`, c.ContentHash, c.PaperHash)})
	})
}

// FieldMinutes is what was certified in one field.
type FieldMinutes struct {
	FieldCode, FieldName string
	Minutes              int
}

// ByField sums up lines by their fields, in order of the fields' codes.
func ByField(lines []Line) []FieldMinutes {
	var fields []FieldMinutes
	for _, l := range lines {
		i, found := slices.BinarySearchFunc(fields, l.FieldCode, func(f FieldMinutes, code string) int { return strings.Compare(f.FieldCode, code) })
		if !found {
			fields = slices.Insert(fields, i, FieldMinutes{l.FieldCode, l.FieldName, 0})
		}
		fields[i].Minutes += l.Minutes
	}
	return fields
}
