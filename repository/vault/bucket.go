package vault

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucket is a shelf in an S3-compatible bucket.
type bucket struct {
	client       *minio.Client
	name, prefix string
}

func newBucket(at Place) (bucket, error) {
	client, err := minio.New(at.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(at.AccessKey, at.SecretKey, ""),
		Secure: at.Secure, Region: at.Region, BucketLookup: minio.BucketLookupPath, MaxRetries: 3})
	return bucket{client, at.Bucket, at.Prefix}, err
}

func (b bucket) put(ctx context.Context, name string, locked []byte) error {
	_, err := b.client.PutObject(ctx, b.name, b.prefix+name, bytes.NewReader(locked), int64(len(locked)),
		minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
	return err
}

func (b bucket) get(ctx context.Context, name string) ([]byte, error) {
	object, err := b.client.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	defer object.Close()
	locked, err := io.ReadAll(object)
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, errNothing
	}
	return locked, err
}

// batch is how many names are told at once.
const batch = 1000

func (b bucket) each(ctx context.Context, found func(names []string) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var names []string
	for object := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix}) {
		if object.Err != nil {
			return object.Err
		}
		names = append(names, strings.TrimPrefix(object.Key, b.prefix))
		if len(names) == batch {
			if err := found(names); err != nil {
				return err
			}
			names = nil
		}
	}
	if len(names) == 0 {
		return nil
	}
	return found(names)
}

func (b bucket) remove(ctx context.Context, name string) error {
	return b.client.RemoveObject(ctx, b.name, b.prefix+name, minio.RemoveObjectOptions{})
}
