// Package document keeps the papers that people hand in as proof, and shows them to those whose business they are.
package document

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// Purpose says what a document is handed in for; it decides who may look at it.
type Purpose string

const (
	LateProof Purpose = "late_proof" // proof of a presence that is entered late (기한 후 입력 증빙)
	Dispute   Purpose = "dispute"    // evidence in a dispute (이의신청 증빙)

	Claim       Purpose = "claim"        // papers of a claim on the insurance (보험 청구 서류)
	ClaimHealth Purpose = "claim_health" // health data for a claim (민감정보): read through the claim alone, by its rules
	Nomination  Purpose = "nomination"   // evidence of what somebody is nominated for (추천 공적 증빙)
)

// Document is what is known of a file that was handed in; its bytes are in the vault. It never changes.
type Document struct {
	ID          id.ID
	Purpose     Purpose
	ContentType string // as its content shows it, whatever it was called
	Size        int64  // bytes
	SHA256      string // of the bytes as they were handed in, in hexadecimal
	FileName    string // as the sender called it; may be empty
	UploadedBy  id.ID  // account
	VolunteerID *id.ID // the person behind that account
	UploadedAt  time.Time
}

var (
	ErrNotFound  = fault.New(fault.NotFound, "document.not_found")
	ErrEmpty     = fault.New(fault.Invalid, "document.empty")
	ErrTooLarge  = fault.New(fault.TooLarge, "document.too_large")
	ErrTooMuch   = fault.New(fault.TooMany, "document.too_much_today")
	ErrType      = fault.New(fault.UnsupportedMedia, "document.type_not_allowed")
	ErrDamaged   = fault.New(fault.Damaged, "document.damaged")               // the vault has lost it, or holds something else
	ErrVaultAway = fault.New(fault.Unavailable, "document.vault_unavailable") // the vault does not answer for now
)

// Vault keeps the bytes of documents, outside any transaction and locked with a key of its own.
type Vault interface {
	// Put keeps bytes under an id for ever, or fails with ErrVaultAway.
	Put(ctx context.Context, id id.ID, content []byte) error
	// Get gives the bytes back, or fails with ErrDamaged when they are missing or not what was put there, or with ErrVaultAway.
	Get(ctx context.Context, id id.ID) ([]byte, error)
	// Each tells the ids of everything that is kept, in batches.
	Each(ctx context.Context, found func(ids []id.ID) error) error
	// Remove forgets bytes that no document refers to.
	Remove(ctx context.Context, id id.ID) error
}

// Repository keeps documents inside a transaction. Features that use documents take it as a port, check with Usable what
// they are given, and keep the ids in tables of their own that refer to documents.
type Repository interface {
	// Add keeps a document.
	Add(ctx context.Context, d Document) error
	// Get finds a document, or fails with ErrNotFound.
	Get(ctx context.Context, id id.ID) (Document, error)
	// Usable tells whether an account has uploaded all of these documents for that purpose, or fails with ErrNotFound.
	Usable(ctx context.Context, account id.ID, ids []id.ID, purpose Purpose) error
	// Uploaded tells how many bytes an account has handed in since an instant, and keeps it from handing in more until the
	// transaction ends.
	Uploaded(ctx context.Context, account id.ID, since time.Time) (int64, error)
	// Unknown tells which of these ids are no document's.
	Unknown(ctx context.Context, ids []id.ID) ([]id.ID, error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Documents() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	// Uploaded is Repository.Uploaded outside any transaction, and keeps nobody from anything.
	Uploaded(ctx context.Context, account id.ID, since time.Time) (int64, error)
}

// Service holds the use cases of documents.
type Service struct {
	store  Store
	vault  Vault
	clock  calendar.Clock
	limits Limits
}

// Limits bound what is handed in, in bytes.
type Limits struct {
	Size int64 // of one document
	Day  int64 // of all documents of one account within 24 hours
}

// NewService makes the use cases.
func NewService(store Store, vault Vault, clock calendar.Clock, limits Limits) *Service {
	return &Service{store, vault, clock, limits}
}

// Limit is the size of the largest document in bytes.
func (s *Service) Limit() int64 { return s.limits.Size }
