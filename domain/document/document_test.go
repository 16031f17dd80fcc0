package document

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

const pdf = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"

func heif(brand string) string {
	return "\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x00\x00mif1" + brand
}

func TestTheContentDecidesNotTheName(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    string
	}{
		"a PDF":                {pdf, "application/pdf"},
		"a JPEG":               {"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"},
		"a PNG":                {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"},
		"a phone's picture":    {heif("heic"), "image/heic"},
		"a program":            {"MZ\x90\x00\x03\x00\x00\x00", ""},
		"a page":               {"<!DOCTYPE html><script>alert(1)</script>", ""},
		"a drawing":            {`<svg xmlns="http://www.w3.org/2000/svg"/>`, ""},
		"a zip":                {"PK\x03\x04\x14\x00\x00\x00", ""},
		"a text":               {"참석했습니다.", ""},
		"a PDF behind a page":  {"<html>" + pdf, ""},
		"a GIF that is a page": {"GIF89a<script>", ""},
	} {
		got, err := Upload{Purpose: LateProof, Content: []byte(c.content)}.acceptable(1 << 20)
		if got != c.want || (err != nil) != (c.want == "") || err != nil && !errors.Is(err, ErrType) {
			t.Errorf("%s: %s %v", name, got, err)
		}
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	large := append([]byte(pdf), bytes.Repeat([]byte{'x'}, 100)...)
	for name, c := range map[string]struct {
		cmd  Upload
		want *fault.Error
	}{
		"exactly the limit":   {Upload{Purpose: Dispute, Content: large[:64]}, nil},
		"one byte over it":    {Upload{Purpose: Dispute, Content: large[:65]}, ErrTooLarge},
		"nothing":             {Upload{Purpose: Dispute}, ErrEmpty},
		"for no purpose":      {Upload{Content: large[:64]}, fault.ErrInvalid},
		"for another purpose": {Upload{Purpose: "holiday", Content: large[:64]}, fault.ErrInvalid},
	} {
		_, err := c.cmd.acceptable(64)
		if c.want == nil && err != nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNamesAreSafe(t *testing.T) {
	for sent, want := range map[string]string{
		"활동일지.pdf": "활동일지.pdf", "일지.exe": "일지.pdf", `C:\Users\hong\일지.PDF`: "일지.pdf", "../../etc/passwd": "passwd.pdf",
		"a\r\nSet-Cookie: x.pdf": "aSet-Cookie x.pdf", "\u202efdp.exe": "fdp.pdf", `"quoted".png`: "quoted.pdf", "두 번.jpg.exe": "두 번.jpg.pdf",
		"/": "", "..": "", "": "", "\xff.pdf": "pdf.pdf", strings.Repeat("가", 500): strings.Repeat("가", maxFileName) + ".pdf",
	} {
		d := Document{ID: id.New(), ContentType: "application/pdf", FileName: fileName(sent)}
		if want == "" {
			want = d.ID.String() + ".pdf"
		}
		if got := d.SafeName(); got != want {
			t.Errorf("%q became %q, not %q", sent, got, want)
		}
	}
}

func TestWhoMayRead(t *testing.T) {
	account := id.New()
	city := func(r auth.Role) auth.Principal {
		return auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: r, ScopeType: auth.City}}}
	}
	for _, purpose := range Purposes() {
		d := Document{ID: id.New(), Purpose: purpose, UploadedBy: account}
		for name, c := range map[string]struct {
			p   auth.Principal
			may bool
		}{
			"uploader":      {auth.Principal{AccountID: account}, purpose != ClaimHealth},
			"officer":       {city(auth.CentreOfficer), purpose == LateProof || purpose == Dispute || purpose == Nomination},
			"claims":        {city(auth.ClaimsOfficer), purpose == Claim},
			"stranger":      {auth.Principal{AccountID: id.New()}, false},
			"head":          {auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: id.New()}}}, false},
			"approver":      {city(auth.LateApprover), purpose == LateProof},
			"analyst":       {city(auth.Analyst), false},
			"administrator": {city(auth.Administrator), false},
		} {
			if err := CanRead(c.p, d); (err == nil) != c.may || err != nil && !errors.Is(err, ErrNotFound) {
				t.Errorf("%s by the %s: %v", purpose, name, err)
			}
		}
	}
}
