// Package vault keeps the bytes of documents on a shelf, a folder or a bucket, each locked so that who has the shelf alone
// reads nothing.
package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"dure/domain/document"
	"dure/domain/kernel/id"
)

// Vault implements document.Vault: AES-256-GCM, with a key of its own for each document.
type Vault struct {
	shelf shelf
	keys  []Key
}

// Key locks documents; what it locks with is derived of it for each document.
type Key [32]byte

// NewKey makes a key.
func NewKey() (k Key) {
	if _, err := rand.Read(k[:]); err != nil {
		panic(err) // the system has no randomness left
	}
	return k
}

// shelf is where locked bytes lie, by name. Bytes that are not there are errNothing.
type shelf interface {
	put(ctx context.Context, name string, locked []byte) error
	get(ctx context.Context, name string) ([]byte, error)
	each(ctx context.Context, found func(names []string) error) error
	remove(ctx context.Context, name string) error
}

var (
	errNothing = errors.New("there is nothing under this name")
	errLocked  = errors.New("no key opens it")
)

// Open makes a vault at a place. The first key locks, all of them open.
func Open(at Place, keys ...Key) (*Vault, error) {
	if len(keys) == 0 {
		return nil, errors.New("a vault needs a key")
	}
	s, err := at.shelf()
	return &Vault{s, keys}, err
}

// Put implements document.Vault.
func (v *Vault) Put(ctx context.Context, documentID id.ID, content []byte) error {
	locked, err := lock(v.keys[0], documentID, content)
	if err != nil {
		return err
	}
	return away(v.shelf.put(ctx, documentID.String(), locked))
}

// Get implements document.Vault.
func (v *Vault) Get(ctx context.Context, documentID id.ID) ([]byte, error) {
	locked, err := v.shelf.get(ctx, documentID.String())
	switch {
	case errors.Is(err, errNothing):
		return nil, fmt.Errorf("%w: document %s: %w", document.ErrDamaged, documentID, err)
	case err != nil:
		return nil, away(err)
	}
	content, err := unlock(v.keys, documentID, locked)
	if err != nil {
		return nil, fmt.Errorf("%w: document %s: %w", document.ErrDamaged, documentID, err)
	}
	return content, nil
}

// Each implements document.Vault. What is no document's is passed over.
func (v *Vault) Each(ctx context.Context, found func(ids []id.ID) error) error {
	return v.shelf.each(ctx, func(names []string) error {
		var ids []id.ID
		for _, name := range names {
			if i, err := id.Parse(name); err == nil {
				ids = append(ids, i)
			}
		}
		if len(ids) == 0 {
			return nil
		}
		return found(ids)
	})
}

// Remove implements document.Vault.
func (v *Vault) Remove(ctx context.Context, documentID id.ID) error {
	return away(v.shelf.remove(ctx, documentID.String()))
}

func away(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", document.ErrVaultAway, err)
}

// Locked bytes are: version, name of the key, nonce, and what AES-GCM makes of the content. Version, key and the document's
// id are authenticated with it, so that no document can be put in another's place.
const (
	version   = "dure1"
	nameSize  = 8
	nonceSize = 12
)

func (k Key) name() string {
	sum := sha256.Sum256(append([]byte("dure document key "), k[:]...))
	return string(sum[:nameSize])
}

func (k Key) cipher(documentID id.ID) (cipher.AEAD, error) {
	own, err := hkdf.Key(sha256.New, k[:], nil, "dure document "+documentID.String(), 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(own)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func lock(k Key, documentID id.ID, content []byte) ([]byte, error) {
	aead, err := k.cipher(documentID)
	if err != nil {
		return nil, err
	}
	header := version + k.name()
	locked := make([]byte, len(header)+nonceSize, len(header)+nonceSize+len(content)+aead.Overhead())
	copy(locked, header)
	nonce := locked[len(header):]
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return aead.Seal(locked, nonce, content, append([]byte(header), documentID[:]...)), nil
}

func unlock(keys []Key, documentID id.ID, locked []byte) ([]byte, error) {
	for _, k := range keys {
		header := version + k.name()
		if len(locked) < len(header)+nonceSize || string(locked[:len(header)]) != header {
			continue
		}
		aead, err := k.cipher(documentID)
		if err != nil {
			return nil, err
		}
		nonce, sealed := locked[len(header):len(header)+nonceSize], locked[len(header)+nonceSize:]
		return aead.Open(nil, nonce, sealed, append([]byte(header), documentID[:]...))
	}
	return nil, errLocked
}
