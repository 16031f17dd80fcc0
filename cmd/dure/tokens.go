package main

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	lru "github.com/hashicorp/golang-lru/v2"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
	accountstore "dure/repository/account"
)

const (
	tokenType   = "at+jwt"
	tokenLife   = 10 * time.Minute
	clocksApart = 5 * time.Second  // how much the clocks of several machines may differ
	rolesLife   = 5 * time.Second  // how old roles may be for reads
	keysLife    = 30 * time.Second // after which another process's new key is noticed
	keyOverlap  = time.Hour        // how long a key verifies after another took over
	remembered  = 50_000           // tokens and accounts kept in mind at most
)

// tokens makes and checks access tokens, and remembers for a while whom it has seen.
type tokens struct {
	issuer, audience string
	clock            calendar.Clock
	keys             *keyring
	grants           auth.Grants
	parser           *jwt.Parser
	verified         *lru.Cache[[sha256.Size]byte, verified]
	known            *lru.Cache[id.ID, *known]
}

// claims are what a token says: who (sub), in which session (sid), from whom, for whom and how long.
type claims struct {
	jwt.RegisteredClaims
	SessionID string `json:"sid"`
}

// verified is what a token that was checked once says, until it expires.
type verified struct {
	account, session id.ID
	expires          time.Time
}

// known is what was read of an account's sessions and roles. It is replaced as a whole when it is to be forgotten, so
// that a reading that was under way is forgotten with it.
type known struct {
	mu       sync.Mutex
	sessions map[id.ID]reading
}

type reading struct {
	principal auth.Principal
	at        time.Time
}

// newTokens makes the tokens of a database's keys, or of a key file.
func newTokens(ctx context.Context, cfg config, db *repository.DB, clock calendar.Clock) (*tokens, error) {
	keys, err := newKeyring(ctx, cfg.SigningKeyFile, accountstore.NewStore(db), clock)
	if err != nil {
		return nil, err
	}
	t := &tokens{issuer: cfg.Issuer, audience: cfg.Audience, clock: clock, keys: keys, grants: db.Grants()}
	t.parser = jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithIssuer(cfg.Issuer),
		jwt.WithAudience(cfg.Audience), jwt.WithExpirationRequired(),
		jwt.WithStrictDecoding(), jwt.WithTimeFunc(clock.Now))
	if t.verified, err = lru.New[[sha256.Size]byte, verified](remembered); err != nil {
		return nil, err
	}
	t.known, err = lru.New[id.ID, *known](remembered)
	return t, err
}

// Issue implements account.Tokens.
func (t *tokens) Issue(ctx context.Context, p auth.Principal, at time.Time) (string, time.Duration, error) {
	key, err := t.keys.signer(ctx)
	if err != nil {
		return "", 0, err
	}
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: t.issuer, Audience: jwt.ClaimStrings{t.audience}, Subject: p.AccountID.String(), ID: id.New().String(),
			IssuedAt: jwt.NewNumericDate(at), ExpiresAt: jwt.NewNumericDate(at.Add(tokenLife)),
		},
		SessionID: p.SessionID.String(),
	})
	token.Header["typ"], token.Header["kid"] = tokenType, key.kid
	text, err := token.SignedString(key.private)
	return text, tokenLife, err
}

// Authenticate implements api.Authenticator. Errors: auth.sign_in.
func (t *tokens) Authenticate(ctx context.Context, token string) (auth.Principal, error) {
	now := t.clock.Now()
	v, err := t.check(ctx, token, now)
	if err != nil {
		return auth.Principal{}, err
	}
	p, err := t.principal(ctx, v, now)
	if err == nil && p.Stranger() {
		err = auth.ErrSignIn
	}
	return p, err
}

// Forget implements account.Forget.
func (t *tokens) Forget(account id.ID) { t.known.Remove(account) }

// check verifies a token, once for all its uses: a signature costs more than all else that a small request needs.
func (t *tokens) check(ctx context.Context, token string, now time.Time) (verified, error) {
	name := sha256.Sum256([]byte(token))
	if v, ok := t.verified.Get(name); ok {
		if now.Before(v.expires) {
			return v, nil
		}
		t.verified.Remove(name)
		return verified{}, auth.ErrSignIn
	}
	var c claims
	var unavailable error
	_, err := t.parser.ParseWithClaims(token, &c, func(token *jwt.Token) (any, error) {
		kid, ok := header(token, tokenType)
		if !ok {
			return nil, auth.ErrSignIn
		}
		key, ok, err := t.keys.verifier(ctx, kid, now)
		if unavailable = err; err != nil || !ok {
			return nil, errors.Join(auth.ErrSignIn, err)
		}
		return key, nil
	})
	if unavailable != nil {
		return verified{}, unavailable
	}
	account, err1 := id.Parse(c.Subject)
	session, err2 := id.Parse(c.SessionID)
	if err != nil || err1 != nil || err2 != nil || c.ID == "" ||
		c.IssuedAt == nil || c.IssuedAt.After(now.Add(clocksApart)) {
		return verified{}, auth.ErrSignIn
	}
	v := verified{account, session, c.ExpiresAt.Time}
	t.verified.Add(name, v)
	return v, nil
}

// header wants a token's header to say what ours say, and nothing else: no key of its own, no crit, no compression.
func header(token *jwt.Token, kind string) (kid string, ok bool) {
	kid, named := token.Header["kid"].(string)
	return kid, named && token.Header["typ"] == kind && len(token.Header) == 3
}

// principal reads the session and its roles, unless it was done just now.
func (t *tokens) principal(ctx context.Context, v verified, now time.Time) (auth.Principal, error) {
	k, ok := t.known.Get(v.account)
	if !ok {
		fresh := &known{sessions: map[id.ID]reading{}}
		if k, ok, _ = t.known.PeekOrAdd(v.account, fresh); !ok {
			k = fresh
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if r, ok := k.sessions[v.session]; ok && now.Sub(r.at) < rolesLife && !now.Before(r.at) {
		return r.principal, nil
	}
	p, err := t.grants.Current(ctx, auth.Principal{AccountID: v.account, SessionID: v.session}, now)
	if err != nil {
		return p, err
	}
	for session, r := range k.sessions { // sessions not seen for a while, and this one
		if now.Sub(r.at) >= rolesLife || session == v.session {
			delete(k.sessions, session)
		}
	}
	if !p.Stranger() {
		k.sessions[v.session] = reading{p, now}
	}
	return p, nil
}

// JWKS are the public keys with which anybody can check tokens (RFC 7517).
func (t *tokens) JWKS(ctx context.Context) (any, error) {
	keys, err := t.keys.current(ctx)
	if err != nil {
		return nil, err
	}
	set := struct {
		Keys []map[string]string `json:"keys"`
	}{[]map[string]string{}}
	for _, k := range keys {
		if k.verifies(t.clock.Now()) {
			set.Keys = append(set.Keys, map[string]string{"kty": "OKP", "crv": "Ed25519", "x": k.x(), "kid": k.kid, "use": "sig", "alg": "EdDSA"})
		}
	}
	return set, nil
}

// cursorKey is the secret that authenticates cursors: the same in all processes of a service, and after a restart.
func (t *tokens) cursorKey(ctx context.Context) ([]byte, error) {
	keys, err := t.keys.current(ctx)
	if err != nil {
		return nil, err
	}
	return hkdf.Key(sha256.New, keys[0].private.Seed(), nil, "dure cursor", 32)
}

// signingKey is a key that signs tokens, or did.
type signingKey struct {
	kid     string
	private ed25519.PrivateKey
	retired *time.Time
}

func newSigningKey(private ed25519.PrivateKey) signingKey {
	k := signingKey{private: private}
	print := sha256.Sum256(fmt.Appendf(nil, `{"crv":"Ed25519","kty":"OKP","x":"%s"}`, k.x())) // RFC 7638
	k.kid = base64.RawURLEncoding.EncodeToString(print[:])
	return k
}

func (k signingKey) public() ed25519.PublicKey { return k.private.Public().(ed25519.PublicKey) }
func (k signingKey) x() string                 { return base64.RawURLEncoding.EncodeToString(k.public()) }
func (k signingKey) verifies(at time.Time) bool {
	return k.retired == nil || at.Before(*k.retired)
}

// keyring holds the keys, oldest first, and reads them again now and then: other processes may rotate them.
type keyring struct {
	clock calendar.Clock
	read  func(ctx context.Context) ([]signingKey, error)
	mu    sync.Mutex
	keys  []signingKey
	at    time.Time
}

func newKeyring(ctx context.Context, file string, store accountstore.Store, clock calendar.Clock) (*keyring, error) {
	r := &keyring{clock: clock, read: func(ctx context.Context) ([]signingKey, error) { return storedKeys(ctx, store) }}
	if file != "" {
		keys, err := fileKeys(file)
		if err != nil {
			return nil, err
		}
		r.read = func(context.Context) ([]signingKey, error) { return keys, nil }
	} else if kept, err := store.Keys(ctx); err != nil {
		return nil, err
	} else if len(kept) == 0 {
		if err := store.FirstKey(ctx, makeKey(clock.Now())); err != nil {
			return nil, err
		}
	}
	_, err := r.current(ctx)
	return r, err
}

// current gives all keys, read not long ago.
func (r *keyring) current(ctx context.Context) ([]signingKey, error) {
	return r.notOlder(ctx, keysLife)
}

func (r *keyring) notOlder(ctx context.Context, than time.Duration) ([]signingKey, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.clock.Now()
	if age := now.Sub(r.at); r.keys != nil && age >= 0 && age < than {
		return r.keys, nil
	}
	keys, err := r.read(ctx)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, errNoKey
	}
	r.keys, r.at = keys, now
	return keys, nil
}

// signer is the newest key that no other has taken over from.
func (r *keyring) signer(ctx context.Context) (signingKey, error) {
	keys, err := r.current(ctx)
	if err != nil {
		return signingKey{}, err
	}
	for _, k := range slices.Backward(keys) {
		if k.retired == nil {
			return k, nil
		}
	}
	return signingKey{}, errNoKey
}

// verifier finds the key that a token names. A key never heard of may be new: it is looked for, but not more often than
// once a second, whatever strangers write into their tokens.
func (r *keyring) verifier(ctx context.Context, kid string, now time.Time) (ed25519.PublicKey, bool, error) {
	for _, age := range []time.Duration{keysLife, time.Second} {
		keys, err := r.notOlder(ctx, age)
		if err != nil {
			return nil, false, err
		}
		for _, k := range keys {
			if k.kid == kid {
				return k.public(), k.verifies(now), nil
			}
		}
	}
	return nil, false, nil
}

var errNoKey = errors.New("there is no key to sign tokens with")

// makeKey makes a new key in the form in which it is kept.
func makeKey(at time.Time) accountstore.Key {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err) // the system has no randomness left
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		panic(err) // an Ed25519 key always marshals
	}
	return accountstore.Key{Kid: newSigningKey(private).kid, CreatedAt: at,
		PrivateKey: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}
}

// rotateKeys lets a new key sign from now on; those before it verify a while longer.
func rotateKeys(ctx context.Context, store accountstore.Store, clock calendar.Clock) (kid string, err error) {
	now := clock.Now()
	k := makeKey(now)
	return k.Kid, store.RotateKeys(ctx, k, now.Add(keyOverlap))
}

func storedKeys(ctx context.Context, store accountstore.Store) ([]signingKey, error) {
	kept, err := store.Keys(ctx)
	if err != nil {
		return nil, err
	}
	keys := make([]signingKey, len(kept))
	for i, k := range kept {
		private, err := privateKeys([]byte(k.PrivateKey))
		if err != nil || len(private) != 1 {
			return nil, fmt.Errorf("signing key %s in the database: %w", k.Kid, err)
		}
		keys[i] = newSigningKey(private[0])
		keys[i].retired = k.RetiredAt
	}
	return keys, nil
}

// fileKeys reads a PEM file of one key or several. The first one signs; all verify.
func fileKeys(path string) ([]signingKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("signing key file: %w", err)
	}
	private, err := privateKeys(text)
	if err != nil {
		return nil, fmt.Errorf("signing key file %s: %w", path, err)
	}
	keys := make([]signingKey, len(private))
	for i, p := range private {
		keys[len(keys)-1-i] = newSigningKey(p)
	}
	return keys, nil
}

var errKey = errors.New("not Ed25519 in PKCS8 and PEM")

func privateKeys(text []byte) (keys []ed25519.PrivateKey, err error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		private, ok := key.(ed25519.PrivateKey)
		if err != nil || !ok {
			return nil, errKey
		}
		keys = append(keys, private)
	}
	if len(keys) == 0 {
		return nil, errKey
	}
	return keys, nil
}
