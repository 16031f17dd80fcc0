package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
	accountstore "dure/repository/account"
	"dure/repository/dbtest"
)

// mint is the tokens of a database, with somebody to make them for and a clock that stands still.
type mint struct {
	*tokens
	t    *testing.T
	db   *repository.DB
	cfg  config
	now  atomic.Pointer[time.Time]
	asks atomic.Int64 // how often roles were read
	who  auth.Principal
}

func newMint(t *testing.T, db *repository.DB) *mint {
	t.Helper()
	m := &mint{t: t, db: db, cfg: config{Issuer: "dure", Audience: "dure"}, who: auth.Principal{AccountID: id.New(), SessionID: id.New()}}
	now := time.Date(2026, 7, 15, 1, 0, 0, 123456000, time.UTC)
	m.now.Store(&now)
	m.exec(`INSERT INTO accounts (id, login, password_hash, created_at) VALUES (?, 'a@example.kr', 'x', ?)`, m.who.AccountID, now)
	m.exec(`INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES (?, ?, ?, ?)`, m.who.SessionID, m.who.AccountID, now, now.AddDate(0, 0, 30))
	m.tokens = m.start()
	return m
}

// start is another process on the same database.
func (m *mint) start() *tokens {
	m.t.Helper()
	made, err := newTokens(context.Background(), m.cfg, m.db, calendar.Clock{Instant: func() time.Time { return *m.now.Load() }, Zone: time.UTC})
	if err != nil {
		m.t.Fatal(err)
	}
	made.grants = counted{made.grants, &m.asks}
	return made
}

type counted struct {
	auth.Grants
	asks *atomic.Int64
}

func (c counted) Current(ctx context.Context, p auth.Principal, at time.Time) (auth.Principal, error) {
	c.asks.Add(1)
	return c.Grants.Current(ctx, p, at)
}

func (m *mint) exec(statement string, args ...any) {
	m.t.Helper()
	if err := m.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement, args...).Error }); err != nil {
		m.t.Fatal(err)
	}
}

func (m *mint) later(d time.Duration) {
	now := m.now.Load().Add(d)
	m.now.Store(&now)
}

func (m *mint) issue() string {
	m.t.Helper()
	token, lives, err := m.Issue(context.Background(), m.who, *m.now.Load())
	if err != nil || lives != 10*time.Minute {
		m.t.Fatal(lives, err)
	}
	return token
}

func TestATokenSaysWhoForHowLong(t *testing.T) {
	m := newMint(t, dbtest.Open(t, dbtest.SQLite(t)))
	token := m.issue()
	parts := strings.Split(token, ".")
	var header, body map[string]any
	for i, into := range []*map[string]any{&header, &body} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil || json.Unmarshal(raw, into) != nil {
			t.Fatal(err, string(raw))
		}
	}
	if len(header) != 3 || header["alg"] != "EdDSA" || header["typ"] != "at+jwt" || header["kid"] != m.keys.keys[0].kid {
		t.Errorf("%v", header)
	}
	if body["iss"] != "dure" || body["sub"] != m.who.AccountID.String() || body["sid"] != m.who.SessionID.String() || body["jti"] == "" ||
		body["exp"].(float64)-body["iat"].(float64) != 600 || len(body) != 7 {
		t.Errorf("%v", body)
	}
	p, err := m.Authenticate(context.Background(), token)
	if err != nil || p.AccountID != m.who.AccountID || p.SessionID != m.who.SessionID {
		t.Fatal(p, err)
	}
	// The example of RFC 8037, appendix A.
	seed, _ := base64.RawURLEncoding.DecodeString("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
	if k := newSigningKey(ed25519.NewKeyFromSeed(seed)); k.kid != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" || k.x() != "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" {
		t.Error(k.kid, k.x())
	}
}

func TestOnlyOurTokensAreTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		m := newMint(t, db)
		key := m.keys.keys[0]
		now := *m.now.Load()
		_, stranger, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		pair, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKIXPublicKey(key.public())
		if err != nil {
			t.Fatal(err)
		}
		sign := func(method jwt.SigningMethod, by any, change func(header, claims map[string]any)) string {
			c := jwt.MapClaims{"iss": "dure", "aud": "dure", "sub": m.who.AccountID.String(), "sid": m.who.SessionID.String(), "jti": id.New().String(),
				"iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()}
			token := jwt.NewWithClaims(method, c)
			token.Header["typ"], token.Header["kid"] = "at+jwt", key.kid
			if change != nil {
				change(token.Header, c)
			}
			text, err := token.SignedString(by)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		claim := func(name string, value any) string {
			return sign(jwt.SigningMethodEdDSA, key.private, func(_, c map[string]any) {
				if c[name] = value; value == nil {
					delete(c, name)
				}
			})
		}
		head := func(name string, value any) string {
			return sign(jwt.SigningMethodEdDSA, key.private, func(h, _ map[string]any) {
				if h[name] = value; value == nil {
					delete(h, name)
				}
			})
		}
		good := sign(jwt.SigningMethodEdDSA, key.private, nil)
		if _, err := m.Authenticate(context.Background(), good); err != nil {
			t.Fatal("the control is refused: ", err)
		}
		spare := good[:len(good)-1] + string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", good[len(good)-1])+1])
		for name, token := range map[string]string{
			"nothing":          "",
			"noise":            "x.y.z",
			"two parts":        good[:strings.LastIndex(good, ".")],
			"five parts":       good + ".x.y",
			"many dots":        strings.Repeat(".", 60_000),
			"spare bits":       spare,
			"unsigned":         sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil),
			"HS256, x":         sign(jwt.SigningMethodHS256, []byte(key.public()), nil),
			"HS256, DER":       sign(jwt.SigningMethodHS256, der, nil),
			"HS256, PEM":       sign(jwt.SigningMethodHS256, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil),
			"RS256":            sign(jwt.SigningMethodRS256, pair, nil),
			"another key":      sign(jwt.SigningMethodEdDSA, stranger, nil),
			"another kid":      head("kid", newSigningKey(stranger).kid),
			"no kid":           head("kid", nil),
			"kid of a file":    head("kid", "../../dev/null"),
			"kid is a number":  head("kid", 1),
			"no typ":           head("typ", nil),
			"typ JWT":          head("typ", "JWT"),
			"crit":             head("crit", []string{"exp"}),
			"zip":              head("zip", "DEF"),
			"jku":              head("jku", "https://example.kr/keys"),
			"x5u":              head("x5u", "https://example.kr/keys"),
			"jwk":              head("jwk", map[string]string{"kty": "OKP"}),
			"another issuer":   claim("iss", "else"),
			"no issuer":        claim("iss", nil),
			"another audience": claim("aud", "else"),
			"no audience":      claim("aud", nil),
			"expired":          claim("exp", now.Unix()-1),
			"no exp":           claim("exp", nil),
			"exp is text":      claim("exp", "tomorrow"),
			"no iat":           claim("iat", nil),
			"from the future":  claim("iat", now.Unix()+60),
			"not yet":          claim("nbf", now.Unix()+60),
			"no sub":           claim("sub", nil),
			"sub is nobody":    claim("sub", id.New().String()),
			"sub is a number":  claim("sub", 7),
			"no sid":           claim("sid", nil),
			"no such session":  claim("sid", id.New().String()),
			"no jti":           claim("jti", nil),
		} {
			if p, err := m.Authenticate(context.Background(), token); !errors.Is(err, auth.ErrSignIn) || !p.Stranger() {
				t.Errorf("%s: %+v %v", name, p, err)
			}
		}
		m.later(10*time.Minute - time.Second)
		if _, err := m.Authenticate(context.Background(), good); err != nil {
			t.Error(err)
		}
		m.later(time.Second)
		if _, err := m.Authenticate(context.Background(), good); !errors.Is(err, auth.ErrSignIn) {
			t.Error("remembered beyond its end: ", err)
		}
	})
}

func TestRolesAreReadNowAndThen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		m := newMint(t, db)
		token := m.issue()
		roles := func() int {
			t.Helper()
			p, err := m.Authenticate(context.Background(), token)
			if err != nil {
				t.Fatal(err)
			}
			return len(p.Grants)
		}
		for range 10 {
			if roles() != 0 {
				t.Fatal("a role from nowhere")
			}
		}
		if m.asks.Load() != 1 {
			t.Errorf("asked %d times", m.asks.Load())
		}
		m.exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, 'analyst', 'city', ?, ?, 'test')`,
			id.New(), m.who.AccountID, id.Nil, m.now.Load())
		m.later(5*time.Second - time.Microsecond)
		if n := roles(); n != 0 {
			t.Errorf("%d roles before five seconds", n)
		}
		m.later(time.Microsecond)
		if n := roles(); n != 1 {
			t.Errorf("%d roles after five seconds", n)
		}
		m.exec(`UPDATE role_grants SET revoked_at = ?`, m.now.Load())
		if roles() != 1 {
			t.Error("read again for nothing")
		}
		m.Forget(m.who.AccountID)
		if roles() != 0 {
			t.Error("remembered after it was to be forgotten")
		}
		m.exec(`UPDATE sessions SET ended_at = ?`, m.now.Load())
		m.later(5 * time.Second)
		for range 3 {
			if _, err := m.Authenticate(context.Background(), token); !errors.Is(err, auth.ErrSignIn) {
				t.Error("a session that ended goes on: ", err)
			}
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 50 {
					if _, err := m.Authenticate(context.Background(), token); !errors.Is(err, auth.ErrSignIn) {
						t.Error(err)
					}
					m.Forget(m.who.AccountID)
				}
			})
		}
		all.Wait()
	})
}

func TestKeysOutliveTheProcessAndRotate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		m := newMint(t, db)
		ctx := context.Background()
		old := m.issue()
		other := m.start()
		if _, err := other.Authenticate(ctx, old); err != nil {
			t.Fatal("another process refuses our token: ", err)
		}
		one, err1 := m.cursorKey(ctx)
		two, err2 := other.cursorKey(ctx)
		if err1 != nil || err2 != nil || string(one) != string(two) || len(one) != 32 {
			t.Fatal("cursors do not outlive the process", err1, err2)
		}
		clock := calendar.Clock{Instant: func() time.Time { return *m.now.Load() }, Zone: time.UTC}
		m.later(2 * time.Second)
		kid, err := rotateKeys(ctx, accountstore.NewStore(db), clock)
		if err != nil {
			t.Fatal(err)
		}
		rotated := m.start()
		fresh, _, err := rotated.Issue(ctx, m.who, *m.now.Load())
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range map[string]*tokens{"the first process": m.tokens, "the second": other, "the third": rotated} {
			for which, token := range map[string]string{"old": old, "new": fresh} {
				if _, err := s.Authenticate(ctx, token); err != nil {
					t.Errorf("%s refuses the %s token: %v", name, which, err)
				}
			}
		}
		m.later(30 * time.Second)
		parsed, _, err := jwt.NewParser().ParseUnverified(m.issue(), jwt.MapClaims{})
		if err != nil || parsed.Header["kid"] != kid {
			t.Error("the old key still signs")
		}
		if three, err := m.cursorKey(ctx); err != nil || string(three) != string(one) {
			t.Error("cursors do not outlive a rotation", err)
		}
		if n := kids(t, m.tokens); n != 2 {
			t.Errorf("%d public keys", n)
		}
		retired := m.keys.keys[0]
		m.later(time.Hour)
		if n := kids(t, m.tokens); n != 1 {
			t.Errorf("%d public keys an hour later", n)
		}
		forged := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{"iss": "dure", "aud": "dure", "sub": m.who.AccountID.String(), "sid": m.who.SessionID.String(),
			"jti": "x", "iat": m.now.Load().Unix(), "exp": m.now.Load().Add(time.Minute).Unix()})
		forged.Header["typ"], forged.Header["kid"] = tokenType, retired.kid
		text, err := forged.SignedString(retired.private)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Authenticate(ctx, text); !errors.Is(err, auth.ErrSignIn) {
			t.Error("a retired key verifies: ", err)
		}
	})
}

func kids(t *testing.T, s *tokens) int {
	t.Helper()
	set, err := s.JWKS(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	var read struct{ Keys []map[string]string }
	if err := json.Unmarshal(raw, &read); err != nil {
		t.Fatal(err)
	}
	for _, k := range read.Keys {
		if len(k) != 6 || k["d"] != "" || k["kty"] != "OKP" || k["alg"] != "EdDSA" || len(k["x"]) != 43 {
			t.Errorf("%v", k)
		}
	}
	return len(read.Keys)
}

func TestKeysFromAFile(t *testing.T) {
	m := newMint(t, dbtest.Open(t, dbtest.SQLite(t)))
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one, two := makeKey(time.Now()), makeKey(time.Now())
	m.cfg.SigningKeyFile = write("one.pem", one.PrivateKey)
	before := m.start()
	token, _, err := before.Issue(context.Background(), m.who, *m.now.Load())
	if err != nil {
		t.Fatal(err)
	}
	m.cfg.SigningKeyFile = write("both.pem", two.PrivateKey+one.PrivateKey)
	after := m.start()
	if k, err := after.keys.signer(context.Background()); err != nil || k.kid != two.Kid || kids(t, after) != 2 {
		t.Error("the first key of the file must sign: ", k.kid, err)
	}
	if _, err := after.Authenticate(context.Background(), token); err != nil {
		t.Error("the second key of the file must verify: ", err)
	}
	if _, err := after.Authenticate(context.Background(), m.issue()); !errors.Is(err, auth.ErrSignIn) {
		t.Error("the database's key verifies beside the file: ", err)
	}
	pair, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(pair)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "none.pem"), write("empty.pem", ""), write("noise.pem", "noise"),
		write("rsa.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))} {
		m.cfg.SigningKeyFile = path
		if _, err := newTokens(context.Background(), m.cfg, m.db, calendar.Clock{Instant: time.Now, Zone: time.UTC}); err == nil {
			t.Errorf("%s is taken as a key", path)
		}
	}
}
