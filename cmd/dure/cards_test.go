package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"dure/domain/card"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
	accountstore "dure/repository/account"
	"dure/repository/dbtest"
)

// shown is a card of this moment.
func (m *mint) shown() (card.Card, string) {
	m.t.Helper()
	now := *m.now.Load()
	c := card.Card{ID: "7f6c0e5d4b3a29181716151413121110", Level: "general", LevelName: "일반", Name: "홍*동",
		ValidUntil: calendar.MustParse("2027-12-31"), IssuedAt: now.Truncate(time.Second), ExpiresAt: now.Truncate(time.Second).Add(card.Life)}
	token, err := cards{m.tokens}.Sign(context.Background(), c)
	if err != nil {
		m.t.Fatal(err)
	}
	return c, token
}

func TestOnlyOurCardsAreTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		m := newMint(t, db)
		key, now := m.keys.keys[0], *m.now.Load()
		_, stranger, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKIXPublicKey(key.public())
		if err != nil {
			t.Fatal(err)
		}
		want, token := m.shown()
		open := func(token string) (card.Card, error) { return cards{m.tokens}.Open(context.Background(), token, now) }
		got, err := open(token)
		if got.IssuedAt, got.ExpiresAt = got.IssuedAt.UTC(), got.ExpiresAt.UTC(); err != nil || got != want {
			t.Fatalf("%+v %v", got, err)
		}
		forge := func(change func(header map[string]any, body jwt.MapClaims), method jwt.SigningMethod, with any) string {
			body := jwt.MapClaims{"iss": "dure", "aud": "dure/card", "sub": want.ID, "iat": now.Unix(), "exp": now.Add(card.Life).Unix(),
				"level": "gold", "level_name": "금", "name": "홍*동", "valid_until": ""}
			forged := jwt.NewWithClaims(method, body)
			forged.Header["typ"], forged.Header["kid"] = cardType, key.kid
			change(forged.Header, body)
			text, err := forged.SignedString(with)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		header := func(name string, value any) func(map[string]any, jwt.MapClaims) {
			return func(h map[string]any, _ jwt.MapClaims) {
				if h[name] = value; value == nil {
					delete(h, name)
				}
			}
		}
		claim := func(name string, value any) func(map[string]any, jwt.MapClaims) {
			return func(_ map[string]any, b jwt.MapClaims) {
				if b[name] = value; value == nil {
					delete(b, name)
				}
			}
		}
		ours := func(change func(map[string]any, jwt.MapClaims)) string {
			return forge(change, jwt.SigningMethodEdDSA, key.private)
		}
		if c, err := open(ours(claim("level", "gold"))); err != nil || c.Level != "gold" {
			t.Fatal("a card signed with our key is ours: ", err)
		}
		parts := strings.Split(token, ".")
		body, _ := base64.RawURLEncoding.DecodeString(parts[1])
		upgraded := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(body), `"general"`, `"excellent"`, 1)))
		for name, token := range map[string]string{
			"an access token":                  m.issue(),
			"an access token with our type":    ours(claim("aud", "dure")),
			"a card of an access token's type": ours(header("typ", tokenType)),
			"no type":                          ours(header("typ", nil)),
			"another audience":                 ours(claim("aud", "dure/cards")),
			"another issuer":                   ours(claim("iss", "other")),
			"no issuer":                        ours(claim("iss", nil)),
			"nobody":                           ours(claim("sub", nil)),
			"no end":                           ours(claim("exp", nil)),
			"no beginning":                     ours(claim("iat", nil)),
			"over":                             ours(claim("exp", now.Add(-time.Second).Unix())),
			"over at this instant":             ours(claim("exp", now.Unix())),
			"from the future":                  ours(claim("iat", now.Add(time.Minute).Unix())),
			"good for longer than a card is":   ours(claim("exp", now.Add(card.Life+time.Second).Unix())),
			"a day that is none":               ours(claim("valid_until", "someday")),
			"another header more":              ours(header("crit", []string{"x"})),
			"a key of its own":                 ours(header("jwk", map[string]string{"kty": "OKP"})),
			"no kid":                           ours(header("kid", nil)),
			"a kid that is none":               ours(header("kid", "../../etc/passwd")),
			"a stranger's key":                 forge(header("typ", cardType), jwt.SigningMethodEdDSA, stranger),
			"no signature":                     forge(header("typ", cardType), jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
			"the public key as secret":         forge(header("typ", cardType), jwt.SigningMethodHS256, []byte(key.public())),
			"the public key's DER as secret":   forge(header("typ", cardType), jwt.SigningMethodHS512, der),
			"another level":                    parts[0] + "." + upgraded + "." + parts[2],
			"another signature":                parts[0] + "." + parts[1] + "." + strings.Repeat("A", 86),
			"cut off":                          parts[0] + "." + parts[1],
			"nothing":                          "",
			"something":                        "a.b.c",
		} {
			if _, err := open(token); !errors.Is(err, card.ErrToken) {
				t.Errorf("%s: %v", name, err)
			}
		}
		// And the other way round: a card opens no door, not even as an access token would be written.
		for name, token := range map[string]string{
			"a card": token,
			"a card of an account and a session": ours(func(h map[string]any, b jwt.MapClaims) {
				b["sub"], b["sid"], b["jti"] = m.who.AccountID.String(), m.who.SessionID.String(), id.New().String()
			}),
			"a card of an access token's type": ours(func(h map[string]any, b jwt.MapClaims) {
				h["typ"], b["sub"], b["sid"], b["jti"] = tokenType, m.who.AccountID.String(), m.who.SessionID.String(), id.New().String()
			}),
		} {
			if _, err := m.Authenticate(context.Background(), token); !errors.Is(err, auth.ErrSignIn) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A card shown before the keys rotated is good to its end, and its key is published for longer than that.
func TestCardsOutliveARotation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		m := newMint(t, db)
		_, token := m.shown()
		old := m.keys.keys[0].kid
		if err := keysRotated(m); err != nil {
			t.Fatal(err)
		}
		m.later(card.Life - keysLife - time.Second)
		set, err := m.JWKS(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := json.Marshal(set)
		if c, err := (cards{m.tokens}).Open(context.Background(), token, *m.now.Load()); err != nil || c.Level != "general" || !strings.Contains(string(raw), old) {
			t.Fatal(c, err, string(raw))
		}
		m.later(time.Second)
		if _, err := (cards{m.tokens}).Open(context.Background(), token, *m.now.Load()); !errors.Is(err, card.ErrToken) {
			t.Fatal(err)
		}
		_, token = m.shown()
		if headerOf(t, token)["kid"] == old {
			t.Fatal("the old key signs still")
		}
	})
}

func keysRotated(m *mint) error {
	_, err := rotateKeys(context.Background(), accountstore.NewStore(m.db), calendar.Clock{Instant: func() time.Time { return *m.now.Load() }, Zone: time.UTC})
	m.later(keysLife)
	return err
}

func headerOf(t *testing.T, token string) (header map[string]any) {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	if err != nil || json.Unmarshal(raw, &header) != nil {
		t.Fatal(err)
	}
	return header
}

// Nobody links two days of one person, nor two persons of one day; on one day a person is one.
func TestACardsIdIsOfOneDay(t *testing.T) {
	m := newMint(t, dbtest.Open(t, dbtest.SQLite(t)))
	a, b := id.New(), id.New()
	today, seen := calendar.MustParse("2026-07-15"), map[string]bool{}
	for _, who := range []id.ID{a, b} {
		for _, day := range []calendar.Day{today, today.Add(1)} {
			for range 2 {
				alias, err := cards{m.tokens}.Alias(context.Background(), who, day)
				if err != nil || len(alias) != 32 || strings.Contains(alias, who.String()[:8]) {
					t.Fatal(alias, err)
				}
				seen[alias] = true
			}
		}
	}
	if len(seen) != 4 {
		t.Error(seen)
	}
	again, err := (cards{m.start()}).Alias(context.Background(), a, today)
	if err != nil || !seen[again] {
		t.Error("another process knows the person by another id", err)
	}
}
