package vault

import (
	"errors"
	"net/url"
	"strings"
)

// Place says where a vault is: a folder, or a bucket of an S3-compatible service.
type Place struct {
	Folder string // empty for a bucket

	Bucket, Prefix, Endpoint, Region string
	Secure                           bool // https
	AccessKey, SecretKey             string
}

// ErrPlace is the refusal of a text that names no place.
var ErrPlace = errors.New("must be file:FOLDER or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION")

// Locate reads file:FOLDER (file:///srv/documents, file:./documents) or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION.
// Keys never stand in it.
func Locate(text string) (at Place, err error) {
	if folder, ok := strings.CutPrefix(text, "file:"); ok {
		at.Folder = strings.TrimPrefix(folder, "//")
		if at.Folder == "" {
			return at, ErrPlace
		}
		return at, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return at, ErrPlace
	}
	at.Bucket, at.Prefix, at.Region = u.Host, strings.Trim(u.Path, "/"), "us-east-1"
	if at.Prefix != "" {
		at.Prefix += "/"
	}
	for name, values := range u.Query() {
		switch {
		case len(values) != 1:
			return at, ErrPlace
		case name == "region":
			at.Region = values[0]
		case name == "endpoint":
			endpoint, err := url.Parse(values[0])
			if err != nil || endpoint.Host == "" || endpoint.User != nil || strings.Trim(endpoint.Path, "/") != "" ||
				endpoint.Scheme != "https" && endpoint.Scheme != "http" {
				return at, ErrPlace
			}
			at.Endpoint, at.Secure = endpoint.Host, endpoint.Scheme == "https"
		default:
			return at, ErrPlace
		}
	}
	if at.Endpoint == "" {
		return at, ErrPlace
	}
	return at, nil
}

func (at Place) shelf() (shelf, error) {
	if at.Folder != "" {
		return folder(at.Folder), nil
	}
	return newBucket(at)
}
