package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"dure/domain/document"
	"dure/domain/kernel/calendar"
	"dure/repository"
	documentstore "dure/repository/document"
	"dure/repository/vault"
)

// documentPlace says where the bytes of documents lie: as it was set, else beside the SQLite file.
func (c config) documentPlace() string {
	if c.DocumentStore != "" {
		return c.DocumentStore
	}
	if file, ok := strings.CutPrefix(c.DatabaseURL, "sqlite:"); ok {
		return "file:" + file + ".documents"
	}
	return "file:./data/documents"
}

// newVault opens the vault of documents. Its key is made at the first start and kept in the database, or comes from a
// file; what was locked before with the database's own key still opens.
func newVault(ctx context.Context, cfg config, db *repository.DB, clock calendar.Clock) (document.Vault, error) {
	at, err := vault.Locate(cfg.documentPlace())
	if err != nil {
		return nil, fmt.Errorf("%sDOCUMENT_STORE: %w", prefix, err)
	}
	at.AccessKey, at.SecretKey = cfg.DocumentAccessKey, cfg.DocumentSecretKey
	keys, err := vaultKeys(ctx, cfg.DocumentKeyFile, documentstore.NewStore(db), clock)
	if err != nil {
		return nil, err
	}
	v, err := vault.Open(at, keys...)
	if err != nil {
		return nil, fmt.Errorf("%sDOCUMENT_STORE: %w", prefix, err)
	}
	return v, nil
}

func vaultKeys(ctx context.Context, file string, store documentstore.Store, clock calendar.Clock) (keys []vault.Key, err error) {
	var texts []string
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("document key file: %w", err)
		}
		if texts = strings.Fields(string(text)); len(texts) == 0 {
			return nil, fmt.Errorf("document key file %s: there is no key in it", file)
		}
	} else {
		k := vault.NewKey()
		err := store.FirstKey(ctx, documentstore.Key{Secret: base64.StdEncoding.EncodeToString(k[:]), CreatedAt: clock.Now()})
		if err != nil {
			return nil, err
		}
	}
	kept, err := store.Keys(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range kept {
		texts = append(texts, k.Secret)
	}
	for i, text := range texts {
		secret, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(secret) != len(vault.Key{}) {
			return nil, fmt.Errorf("document key %d: not 32 bytes in base64", i+1)
		}
		keys = append(keys, vault.Key(secret))
	}
	return keys, nil
}
