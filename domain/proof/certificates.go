package proof

import (
	"maps"
	"slices"

	"dure/domain/certificate"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Certificate is a certificate as it is stored, with the hash of the paper that is stored beside it.
type Certificate struct {
	certificate.Certificate
	Lines  []certificate.Line
	Stored string // SHA-256 of the stored PDF; empty when there is none
}

// presence is one attendance on one day.
type presence struct {
	attendance id.ID
	day        calendar.Day
}

// certificates proves that a person's certificates are as they were issued, and that they said the truth.
func (c *checker) certificates(b Book) {
	for _, issued := range b.Certificates {
		if issued.Digest(issued.Lines) != issued.ContentHash || issued.Stored != issued.PaperHash {
			c.findings.add(CertificatesKept, "certificates %s (%s)", issued.ID, issued.Number)
		}
		if !issued.holds(b) {
			c.findings.add(CertificatesTrue, "certificates %s (%s, %d minutes)", issued.ID, issued.Number, issued.Minutes)
		}
	}
}

// holds tells whether the certificate says what the book held up to the entry that it names.
func (i Certificate) holds(b Book) bool {
	if i.VolunteerID != b.Account.OwnerID || i.AccountID != b.Account.ID {
		return false
	}
	held, fields, found := map[presence]int64{}, map[presence]string{}, false
	for _, e := range b.Entries {
		if e.Sequence > i.LedgerSequence {
			break
		}
		found = e.Sequence == i.LedgerSequence && e.Hash == i.LedgerHead
		if !e.EffectiveDay.Before(i.FromDay) && !e.EffectiveDay.After(i.ToDay) {
			p := presence{e.SourceID, e.EffectiveDay}
			held[p] += e.own()
			fields[p] = e.FieldCode
		}
	}
	limited := i.Fields()
	maps.DeleteFunc(held, func(p presence, minutes int64) bool {
		return minutes == 0 || len(limited) > 0 && !slices.Contains(limited, fields[p])
	})
	certified, sum := map[presence]int64{}, 0
	for _, l := range i.Lines {
		certified[presence{l.AttendanceID, l.Day}] += int64(l.Minutes)
		sum += l.Minutes
	}
	return found && sum == i.Minutes && maps.Equal(held, certified)
}
