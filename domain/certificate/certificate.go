// Package certificate issues 활동확인서: papers on which the city says how many minutes of a person's service it recognises,
// each with a number by which anybody can see whether it still stands.
package certificate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
)

// Show says how much of what is certified the paper tells.
type Show string

const (
	Activities Show = "activities" // every presence with its day, title, organiser and place
	Sums       Show = "sums"       // minutes by field only
)

// Language is that of the paper.
type Language string

const (
	Korean  Language = "ko"
	English Language = "en"
)

// Status says whether a certificate may be relied on.
type Status string

const (
	Valid      Status = "valid"
	Superseded Status = "superseded" // minutes that it certifies were taken back or changed since
	Revoked    Status = "revoked"    // the centre took it back
)

// Certificate is what was certified, as it was when it was issued; nothing of it ever changes.
type Certificate struct {
	ID              id.ID
	Number          string // public, as ParseNumber gives it
	VolunteerID     id.ID
	AccountID       id.ID
	LedgerSequence  int64  // of the account's last entry at that time
	LedgerHead      string // and its hash: what was certified hangs in the ledger's own chain
	Name            string
	BirthDate       calendar.Day
	VolunteerNumber string
	FromDay, ToDay  calendar.Day // both included
	Show            Show
	FieldCodes      string // of 1365, separated by commas: only these are certified; empty for all
	Language        Language
	Purpose         string // what for, in the person's own words; may be empty
	Minutes         int
	Issuer          string
	IssuedAt        time.Time
	IssuedOn        calendar.Day
	ContentHash     string // Digest of everything above and of the lines
	PaperHash       string // SHA-256 of the PDF, in hex
}

// Fields lists the fields that the certificate is limited to; none for all.
func (c Certificate) Fields() []string {
	if c.FieldCodes == "" {
		return []string{}
	}
	return strings.Split(c.FieldCodes, ",")
}

// Line is a part of what is certified: the minutes of one presence on one day.
type Line struct {
	AttendanceID id.ID
	Day          calendar.Day
	Minutes      int
	Title        string
	Organiser    string
	Place        string
	FieldCode    string
	FieldName    string
}

// Digest is SHA-256 over everything that is certified, in hex.
func (c Certificate) Digest(lines []Line) string {
	h := sha256.New()
	write := func(parts ...any) {
		for _, part := range parts {
			text := fmt.Sprint(part)
			fmt.Fprintf(h, "%d:%s\n", len(text), text)
		}
	}
	write(c.ID, c.Number, c.VolunteerID, c.AccountID, c.LedgerSequence, c.LedgerHead, c.Name, c.BirthDate, c.VolunteerNumber,
		c.FromDay, c.ToDay, c.Show, c.FieldCodes, c.Language, c.Purpose, c.Minutes, c.Issuer, c.IssuedAt.UnixMicro(), c.IssuedOn, len(lines))
	for _, l := range lines {
		write(l.AttendanceID, l.Day, l.Minutes, l.Title, l.Organiser, l.Place, l.FieldCode, l.FieldName)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// PaperHash is how a PDF is recognised: SHA-256 in hex.
func PaperHash(pdf []byte) string {
	sum := sha256.Sum256(pdf)
	return hex.EncodeToString(sum[:])
}

// Issued is a certificate as it stands now.
type Issued struct {
	Certificate
	Changed   bool       // an entry after it took back or changed minutes that it certifies
	RevokedAt *time.Time // nil unless it was revoked
}

// Status tells whether the certificate may be relied on. Both ways down are final: entries are never deleted, and a new
// presence inside the period takes nothing from what was certified.
func (i Issued) Status() Status {
	switch {
	case i.RevokedAt != nil:
		return Revoked
	case i.Changed:
		return Superseded
	default:
		return Valid
	}
}

var (
	ErrNotFound  = fault.New(fault.NotFound, "certificate.not_found")
	ErrNothing   = fault.New(fault.Conflict, "certificate.nothing_to_certify")
	ErrTooLong   = fault.New(fault.Conflict, "certificate.too_many_lines")
	ErrTooMany   = fault.New(fault.TooMany, "certificate.too_many_a_day")
	ErrRevoked   = fault.New(fault.Conflict, "certificate.revoked")
	errAccounted = fault.New(fault.Unavailable, "certificate.account_moved")
)

// Subject is a person with his account.
type Subject struct {
	AccountID    id.ID
	Sequence     int64
	Head         string
	LastPostedAt *time.Time
	Name         string
	BirthDate    calendar.Day
	Number       string
}

// Statement is what the city knows of a person at one instant.
type Statement struct {
	Subject
	Postings   []Line            // entries inside the period, below zero when they take back; those of one presence on one day stand together, in order
	FieldNames map[string]string // of all fields of 1365, by code
	Issued     int               // certificates of the day before
}

// Revocation is the centre's decision that a certificate is not to be relied on.
type Revocation struct {
	CertificateID id.ID
	RevokedAt     time.Time
	RevokedBy     id.ID
	Reason        string
}

// Repository keeps certificates inside a transaction.
type Repository interface {
	// IssuedSince counts a person's certificates since an instant.
	IssuedSince(ctx context.Context, volunteer id.ID, since time.Time) (int, error)
	// Add keeps a new certificate with its lines and its paper.
	Add(ctx context.Context, c Certificate, lines []Line, pdf []byte) error
	// ByNumber finds a certificate, or fails with ErrNotFound.
	ByNumber(ctx context.Context, number string) (Issued, error)
	// Revoke keeps a revocation; ErrRevoked when there is one.
	Revoke(ctx context.Context, r Revocation) error
}

// Reader reads certificates. Every list is limited to one person.
type Reader interface {
	// Statement reads what may be certified to a person for a period, and how many certificates he got since an instant.
	Statement(ctx context.Context, volunteer id.ID, from, to calendar.Day, since time.Time) (Statement, error)
	// ByNumber finds a certificate, or fails with ErrNotFound.
	ByNumber(ctx context.Context, number string) (Issued, error)
	// Of gives a person's certificates, newest first.
	Of(ctx context.Context, volunteer id.ID, p page.Request) (page.Page[Issued], error)
	// One finds one of a person's certificates with its lines, or fails with ErrNotFound.
	One(ctx context.Context, volunteer, certificate id.ID) (Issued, []Line, error)
	// Paper finds the PDF of one of a person's certificates, or fails with ErrNotFound.
	Paper(ctx context.Context, volunteer, certificate id.ID) (Issued, []byte, error)
}

// Printer draws the paper. The same certificate gives the same bytes.
type Printer interface {
	Print(c Certificate, lines []Line) ([]byte, error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Ledger() ledger.Repository
	Certificates() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of certificates.
type Service struct {
	store   Store
	reader  Reader
	printer Printer
	clock   calendar.Clock
	issuer  string
}

// NewService makes the use cases; issuer is who certifies, as the paper names him.
func NewService(store Store, reader Reader, printer Printer, clock calendar.Clock, issuer string) *Service {
	return &Service{store, reader, printer, clock, issuer}
}
