package sheet

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"github.com/xuri/excelize/v2"
)

// part is one file in an archive.
type part struct {
	name    string
	content []byte
}

func zipped(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write(p.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unzipped(t testing.TB, file []byte) (parts []part) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part{f.Name, content})
	}
	return parts
}

// Whatever stands in a file, or in one part of a workbook, it is read or refused: no panic, and no line that says nothing.
func FuzzRead(f *testing.F) {
	book := excelize.NewFile()
	defer book.Close()
	book.SetSheetRow("Sheet1", "A1", &names)
	book.SetSheetRow("Sheet1", "A2", &[]any{"1234-5678", 46217, 0.375, "오후 1시"})
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		f.Fatal(err)
	}
	parts := unzipped(f, b.Bytes())
	for i, p := range parts {
		f.Add(uint8(i), p.content)
	}
	f.Add(uint8(len(parts)), []byte(written))
	f.Add(uint8(len(parts)), b.Bytes())
	f.Fuzz(func(t *testing.T, i uint8, content []byte) {
		file := content
		if int(i) < len(parts) {
			changed := append([]part{}, parts...)
			changed[i].content = content
			file = zipped(t, changed...)
		}
		s, err := Read(file)
		if err == nil && (len(s.Lines) == 0 || len(s.Lines) > MaxLines) {
			t.Error(len(s.Lines))
		}
		for _, l := range s.Lines {
			if l.Err == nil && (l.Number == "" || l.Day.IsZero() || l.Start < 0 || l.Start >= 1440 || l.End < 0 || l.End > 1440) {
				t.Errorf("%+v", l)
			}
		}
	})
}
