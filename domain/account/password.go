package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost says how dear one guess at a password is made.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// Usual is the floor that OWASP recommends: some 70 ms on a server of 2026.
var Usual = Cost{Memory: 19 * 1024, Time: 2, Threads: 1}

// patience is how long a request waits for its turn to hash.
const patience = 2 * time.Second

// Hasher hashes passwords with argon2id, a bounded number at once: each takes much memory and all of a core.
type Hasher struct {
	cost  Cost
	turns chan struct{}
	decoy string
}

// NewHasher makes a hasher that works on so many passwords at once.
func NewHasher(cost Cost, atOnce int) *Hasher {
	return &Hasher{cost: cost, turns: make(chan struct{}, atOnce), decoy: phc(cost, random(16), random(32))}
}

// Hash makes the text that is kept of a password: argon2id's PHC string, with the cost and a salt. Errors: account.busy.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := random(16)
	key, err := h.derive(ctx, h.cost, password, salt, 32)
	return phc(h.cost, salt, key), err
}

// Verify tells whether a password is the one that is kept, and whether that was hashed at another cost than today's.
// Errors: account.busy.
func (h *Hasher) Verify(ctx context.Context, kept, password string) (right, stale bool, err error) {
	cost, salt, key, err := parse(kept)
	if err != nil {
		return false, false, err
	}
	got, err := h.derive(ctx, cost, password, salt, uint32(len(key)))
	return err == nil && subtle.ConstantTimeCompare(key, got) == 1, cost != h.cost, err
}

// Decoy is the hash of no password, to be verified where there is none: an unknown login takes as long as a known one.
func (h *Hasher) Decoy() string { return h.decoy }

func (h *Hasher) derive(ctx context.Context, cost Cost, password string, salt []byte, length uint32) ([]byte, error) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-waiting.Done():
		return nil, ErrBusy
	}
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, cost.Time, cost.Memory, cost.Threads, length), nil
}

func random(n int) []byte {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic(err) // the system has no randomness left
	}
	return b
}

func phc(c Cost, salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

var errHash = errors.New("account: a password's hash cannot be read")

func parse(kept string) (c Cost, salt, key []byte, err error) {
	parts := strings.Split(kept, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); err != nil || c.Time == 0 || c.Threads == 0 {
		return c, nil, nil, errHash
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(key) < 16 {
		return c, nil, nil, errHash
	}
	return c, salt, key, nil
}

//go:embed common_passwords.txt
var commonPasswords string

var commonList = sync.OnceValue(func() map[string]bool {
	list := map[string]bool{}
	for line := range strings.Lines(commonPasswords) {
		list[strings.TrimSpace(line)] = true
	}
	return list
})

// common tells whether a password in lower case is among those tried first: on the list, or made of three characters or fewer.
func common(lower string) bool {
	different := slices.Sorted(slices.Values([]rune(lower)))
	return commonList()[lower] || len(slices.Compact(different)) <= 3
}
