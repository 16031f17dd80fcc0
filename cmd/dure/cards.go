package main

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"dure/domain/card"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

const (
	cardType     = "card+jwt"
	cardAudience = "/card" // behind the audience of access tokens: neither is ever taken for the other
)

// cards signs volunteer cards with the keys that sign access tokens, so that devices need one set of public keys.
type cards struct{ tokens *tokens }

// cardClaims are what a card says. There is no session in it, and the subject is an id of one day.
type cardClaims struct {
	jwt.RegisteredClaims
	Level      string `json:"level"`
	LevelName  string `json:"level_name"`
	Name       string `json:"name"`
	ValidUntil string `json:"valid_until"` // a day; empty when the level is for good
}

func (s cards) audience() string { return s.tokens.audience + cardAudience }

// Alias implements card.Seal.
func (s cards) Alias(ctx context.Context, volunteer id.ID, on calendar.Day) (string, error) {
	keys, err := s.tokens.keys.current(ctx)
	if err != nil {
		return "", err
	}
	secret, err := hkdf.Key(sha256.New, keys[0].private.Seed(), nil, "dure card", 32)
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, secret)
	io.WriteString(h, volunteer.String()+" "+on.String())
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// Sign implements card.Seal.
func (s cards) Sign(ctx context.Context, c card.Card) (string, error) {
	key, err := s.tokens.keys.signer(ctx)
	if err != nil {
		return "", err
	}
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, cardClaims{
		RegisteredClaims: jwt.RegisteredClaims{Issuer: s.tokens.issuer, Audience: jwt.ClaimStrings{s.audience()}, Subject: c.ID,
			IssuedAt: jwt.NewNumericDate(c.IssuedAt), ExpiresAt: jwt.NewNumericDate(c.ExpiresAt)},
		Level: c.Level, LevelName: c.LevelName, Name: c.Name, ValidUntil: c.ValidUntil.String(),
	})
	token.Header["typ"], token.Header["kid"] = cardType, key.kid
	return token.SignedString(key.private)
}

// Open implements card.Seal.
func (s cards) Open(ctx context.Context, token string, at time.Time) (card.Card, error) {
	var c cardClaims
	var unavailable error
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithIssuer(s.tokens.issuer),
		jwt.WithAudience(s.audience()), jwt.WithExpirationRequired(), jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(func() time.Time { return at }))
	_, err := parser.ParseWithClaims(token, &c, func(token *jwt.Token) (any, error) {
		kid, ok := header(token, cardType)
		if !ok {
			return nil, card.ErrToken
		}
		key, ok, err := s.tokens.keys.verifier(ctx, kid, at)
		if unavailable = err; err != nil || !ok {
			return nil, errors.Join(card.ErrToken, err)
		}
		return key, nil
	})
	if unavailable != nil {
		return card.Card{}, unavailable
	}
	if err != nil || c.Subject == "" || c.IssuedAt == nil || c.IssuedAt.After(at.Add(clocksApart)) || c.ExpiresAt.Sub(c.IssuedAt.Time) > card.Life {
		return card.Card{}, card.ErrToken
	}
	shown := card.Card{ID: c.Subject, Level: c.Level, LevelName: c.LevelName, Name: c.Name, IssuedAt: c.IssuedAt.Time, ExpiresAt: c.ExpiresAt.Time}
	if c.ValidUntil != "" {
		if shown.ValidUntil, err = calendar.Parse(c.ValidUntil); err != nil {
			return card.Card{}, card.ErrToken
		}
	}
	return shown, nil
}
