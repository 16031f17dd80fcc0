// Package account lets people sign in, stay signed in on their devices, and sign out.
package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/volunteer"
)

// Account is who may sign in. A volunteer registered on paper has none until he claims his record; an administrator has
// one without being a volunteer.
type Account struct {
	ID           id.ID
	Login        string // as ParseLogin gives it
	PasswordHash string
	VolunteerID  *id.ID
	DisabledAt   *time.Time
	CreatedAt    time.Time
}

// Session is one sign-in on one device. Its refresh tokens form one family.
type Session struct {
	ID        id.ID
	AccountID id.ID
	CreatedAt time.Time
	ExpiresAt time.Time
	EndedAt   *time.Time
}

// Refresh is a refresh token as it is kept: by its hash, to be used once.
type Refresh struct {
	Hash      string
	SessionID id.ID
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// Profile is an account as its owner sees it, with the person behind it; Person is nil for accounts without one.
type Profile struct {
	Account
	Person *volunteer.Record
}

// Lives of sessions and refresh tokens.
const (
	sessionLife = 30 * 24 * time.Hour // however active
	refreshLife = 14 * 24 * time.Hour // unused
)

// Attempts at a password, or at a claim, before it is not looked at any more, until the window has passed.
const (
	maxAttempts   = 5
	attemptWindow = 15 * time.Minute
)

// Why a session ended.
const (
	endedBySignOut  = "sign_out"
	endedByReuse    = "refresh_reused"
	endedByPassword = "password_changed"
)

var (
	ErrLoginTaken  = fault.New(fault.Conflict, "account.login_taken")
	ErrWrongLogin  = fault.New(fault.Unauthenticated, "account.wrong_login")
	ErrRefresh     = fault.New(fault.Unauthenticated, "account.refresh_refused")
	ErrClaim       = fault.New(fault.Invalid, "account.claim_refused")
	ErrNotFound    = fault.New(fault.NotFound, "account.not_found")
	ErrBusy        = fault.New(fault.Unavailable, "account.busy")
	errOldPassword = fault.New(fault.Invalid, "account.wrong_password")
)

// Repository keeps accounts and sessions inside a transaction.
type Repository interface {
	// Add keeps a new account, or fails with ErrLoginTaken.
	Add(ctx context.Context, a Account) error
	// Get and ByLogin find an account, or fail with ErrNotFound.
	Get(ctx context.Context, id id.ID) (Account, error)
	ByLogin(ctx context.Context, login string) (Account, error)
	// SetPassword replaces a password's hash, if it is still the old one; ok tells whether it was.
	SetPassword(ctx context.Context, account id.ID, old, new string) (ok bool, err error)
	// OpenSession keeps a new session.
	OpenSession(ctx context.Context, s Session) error
	// Session finds a session, or fails with ErrNotFound.
	Session(ctx context.Context, id id.ID) (Session, error)
	// EndSession ends a session; ended tells whether it was open.
	EndSession(ctx context.Context, id id.ID, at time.Time, reason string) (ended bool, err error)
	// EndOthers ends all sessions of an account but one.
	EndOthers(ctx context.Context, account, but id.ID, at time.Time, reason string) error
	// AddRefresh keeps a new refresh token.
	AddRefresh(ctx context.Context, r Refresh) error
	// Spend marks a refresh token as used. Of many at once it is fresh for one; found is false for one never given out.
	Spend(ctx context.Context, hash string, at time.Time) (r Refresh, fresh, found bool, err error)
	// Attempt counts a try under a key, in windows, and gives its number.
	Attempt(ctx context.Context, key string, at time.Time, window time.Duration) (int, error)
	// Forgive forgets the tries under a key.
	Forgive(ctx context.Context, key string) error
}

// Reader reads what a person sees of himself.
type Reader interface {
	// Profile finds an account with its person, or fails with ErrNotFound.
	Profile(ctx context.Context, account id.ID) (Profile, error)
}

// Tokens makes access tokens.
type Tokens interface {
	// Issue makes a token for a session; lives is how long it can be used.
	Issue(ctx context.Context, p auth.Principal, at time.Time) (token string, lives time.Duration, err error)
}

// Forget tells the process that what it remembers of an account's sessions and roles is not so any more.
type Forget func(account id.ID)

// Tx is all that a use case of this feature may touch.
type Tx interface {
	volunteer.Roll
	Grants() auth.Grants
	Audit() audit.Log
	Accounts() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of signing in.
type Service struct {
	store  Store
	clock  calendar.Clock
	hasher *Hasher
	tokens Tokens
	texts  volunteer.Texts
	forget Forget
}

// NewService makes the use cases; texts are those that everybody must agree to.
func NewService(store Store, clock calendar.Clock, hasher *Hasher, tokens Tokens, texts volunteer.Texts, forget Forget) *Service {
	return &Service{store, clock, hasher, tokens, texts, forget}
}

// Signed is what a device gets to be signed in with; neither token is kept as it is.
type Signed struct {
	AccessToken  string
	Lives        time.Duration // of the access token
	RefreshToken string
	AccountID    id.ID
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
