// Package voucher gives volunteers vouchers (교환권, 상품권), and redeems each of them once at a merchant's counter.
package voucher

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/merchant"
	"dure/domain/points"
)

// CodeLife is how long a code of a voucher that is not transferable stays good: its holder draws it at the counter. No name
// is checked there; a code that was passed on is soon worth nothing, and only the holder's account can draw another.
const CodeLife = 5 * time.Minute

// State is what became of a voucher. One whose last day is over stays issued, and is worth nothing.
type State string

const (
	Issued   State = "issued"
	Redeemed State = "redeemed"
	Revoked  State = "revoked" // what it was given for is gone
)

// Voucher is a holder's right to something at a counter, once.
type Voucher struct {
	ID            id.ID
	HolderID      id.ID  // volunteer
	ProgrammeID   *id.ID // that gave it; nil where the holder made it of his points
	Title         string // what it is for
	Points        int    // what it is worth, paid out of the holder's points at the counter; 0 where it is a thing
	MerchantID    *id.ID // only there; nil anywhere
	MerchantKind  merchant.Kind
	Transferable  bool
	ValidFrom     calendar.Day
	ValidTo       calendar.Day // the last day
	State         State
	IssuedAt      time.Time
	IssuedBy      *id.ID // account; nil for the system itself
	CodeHash      *string
	CodeExpiresAt *time.Time
	RevokedAt     *time.Time
	Reason        string // why it was revoked
}

// Redemption is what happened at a counter. It is cancelled, never deleted.
type Redemption struct {
	ID            id.ID
	VoucherID     id.ID
	MerchantID    id.ID
	Points        int
	RedeemedAt    time.Time
	RedeemedOn    calendar.Day
	RedeemedBy    id.ID // account
	KeyHash       string
	EntryID       *id.ID // of the ledger; nil where no points moved
	CancelledAt   *time.Time
	CancelledBy   *id.ID
	CancelEntryID *id.ID
	Reason        string // of the cancellation
}

// Receipt is a redemption with what the counter needs to know of its voucher: nobody's name.
type Receipt struct {
	Redemption
	Title    string
	HolderID id.ID
}

var (
	ErrNotFound           = fault.New(fault.NotFound, "voucher.not_found") // as for any code that was never drawn
	ErrAlreadyRedeemed    = fault.New(fault.Conflict, "voucher.already_redeemed")
	ErrRevoked            = fault.New(fault.Conflict, "voucher.revoked")
	ErrExpired            = fault.New(fault.Conflict, "voucher.expired")
	ErrNotYet             = fault.New(fault.Conflict, "voucher.not_yet")
	ErrCodeExpired        = fault.New(fault.Conflict, "voucher.code_expired")
	ErrElsewhere          = fault.New(fault.Conflict, "voucher.not_here") // it is for another merchant, or another kind
	ErrRedemptionNotFound = fault.New(fault.NotFound, "voucher.redemption_not_found")
	ErrCancelled          = fault.New(fault.Conflict, "voucher.already_cancelled")
	ErrTooManyOpen        = fault.New(fault.Conflict, "voucher.too_many_open")
	ErrTooLate            = fault.New(fault.Conflict, "voucher.too_late_to_cancel")
)

// good tells whether the voucher can be redeemed on a day.
func (v Voucher) good(on calendar.Day) error {
	switch {
	case v.State == Redeemed:
		return ErrAlreadyRedeemed
	case v.State == Revoked:
		return ErrRevoked
	case on.Before(v.ValidFrom):
		return ErrNotYet.With("day", v.ValidFrom)
	case on.After(v.ValidTo):
		return ErrExpired.With("day", v.ValidTo)
	}
	return nil
}

// here tells whether it is for a merchant.
func (v Voucher) here(m merchant.Merchant) error {
	if v.MerchantID != nil && *v.MerchantID != m.ID || v.MerchantKind != "" && v.MerchantKind != m.Kind {
		return ErrElsewhere
	}
	return nil
}

// Repository keeps vouchers and redemptions inside a transaction.
type Repository interface {
	// Add keeps new vouchers.
	Add(ctx context.Context, vouchers []Voucher) error
	// Get finds a voucher, or fails with ErrNotFound.
	Get(ctx context.Context, id id.ID) (Voucher, error)
	// ByCode finds a voucher by the hash of its code, or fails with ErrNotFound.
	ByCode(ctx context.Context, hash string) (Voucher, error)
	// SetCode gives an issued voucher another code; ok is false when it is issued no more.
	SetCode(ctx context.Context, id id.ID, hash string, expires *time.Time) (ok bool, err error)
	// Take moves an issued voucher that still has the code to redeemed; ok is false when somebody else did.
	Take(ctx context.Context, id id.ID, hash string) (ok bool, err error)
	// Restore moves a redeemed voucher back to issued.
	Restore(ctx context.Context, id id.ID) error
	// Revoke moves those of some vouchers that are issued to revoked, and gives them.
	Revoke(ctx context.Context, ids []id.ID, reason string, at time.Time) ([]id.ID, error)
	// Payments counts the vouchers that a holder made of his own points and that can still be redeemed on a day.
	Payments(ctx context.Context, holder id.ID, on calendar.Day) (int, error)
	// ByKey finds the redemption that an account made under a key; ok is false when there is none.
	ByKey(ctx context.Context, account id.ID, keyHash string) (r Receipt, ok bool, err error)
	// Redemption finds a redemption, or fails with ErrRedemptionNotFound.
	Redemption(ctx context.Context, id id.ID) (Receipt, error)
	// Redeem keeps a redemption.
	Redeem(ctx context.Context, r Redemption) error
	// Cancel keeps what became of a redemption.
	Cancel(ctx context.Context, r Redemption) error
}

// Reader reads vouchers and redemptions.
type Reader interface {
	// Of gives a holder's vouchers, newest first.
	Of(ctx context.Context, holder id.ID, p page.Request) (page.Page[Voucher], error)
	// At gives a merchant's redemptions, newest first.
	At(ctx context.Context, merchant id.ID, p page.Request) (page.Page[Receipt], error)
}

// Ports is what issuing and revoking touches. Features above this one hand in their own transaction.
type Ports interface {
	Vouchers() Repository
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Merchants() merchant.Repository
	points.Ports
	Ports
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of vouchers.
type Service struct {
	store  Store
	reader Reader
	clock  calendar.Clock
	cancel time.Duration // how long a redemption can be cancelled
}

// NewService makes the use cases; a redemption can be cancelled for that long.
func NewService(store Store, reader Reader, clock calendar.Clock, cancel time.Duration) *Service {
	return &Service{store, reader, clock, cancel}
}

// CancellableUntil is when a redemption stands for good.
func (s *Service) CancellableUntil(r Redemption) time.Time { return r.RedeemedAt.Add(s.cancel) }
