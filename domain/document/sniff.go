package document

import (
	"bytes"
	"path"
	"strings"
	"unicode"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/text/unicode/norm"
)

// extensions are the types of documents that are taken, with what their files are called.
var extensions = map[string]string{
	"application/pdf": ".pdf",
	"image/jpeg":      ".jpg",
	"image/png":       ".png",
	"image/heic":      ".heic",
	"image/heif":      ".heif",
}

// sniff tells the type by the content alone: neither the file's name nor what the sender says of it is believed.
func sniff(content []byte) (contentType string, ok bool) {
	contentType = mimetype.Detect(content).String()
	_, ok = extensions[contentType]
	if contentType == "application/pdf" { // readers find its beginning behind other things, too: a page that is a PDF as well
		ok = bytes.HasPrefix(bytes.TrimPrefix(content, []byte("\ufeff")), []byte("%PDF-"))
	}
	return contentType, ok
}

// maxFileName bounds the characters of a file's name.
const maxFileName = 120

// fileName is the last part of what a sender calls his file, in NFC, without what could mislead a reader or a file system.
func fileName(sent string) string {
	name := path.Base(strings.ReplaceAll(strings.ToValidUTF8(sent, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`/:*?"<>|%`, r) {
			return -1
		}
		return r
	}, norm.NFC.String(name))
	name = strings.Trim(name, " .")
	if r := []rune(name); len(r) > maxFileName {
		name = string(r[:maxFileName])
	}
	return name
}

// SafeName is what the document is called when it is handed out: its name with the extension of what it is.
func (d Document) SafeName() string {
	stem := strings.TrimRight(strings.TrimSuffix(d.FileName, path.Ext(d.FileName)), " .")
	if stem == "" {
		stem = d.ID.String()
	}
	return stem + extensions[d.ContentType]
}
