package account

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"dure/domain/kernel/fault"
	"dure/domain/volunteer"
)

// Login is what somebody signs in with, in its one form.
type Login struct {
	Text   string
	Mobile bool // a mobile number, else an e-mail address
}

// ParseLogin reads an e-mail address or a Korean mobile number; ok is false for anything else.
func ParseLogin(s string) (Login, bool) {
	s = strings.TrimSpace(s)
	if number, ok := volunteer.Mobile(s); ok {
		return Login{number, true}, true
	}
	address, ok := volunteer.Email(s)
	return Login{address, false}, ok
}

// mobile and email give the login as a contact of its kind.
func (l Login) mobile() string {
	if l.Mobile {
		return l.Text
	}
	return ""
}

func (l Login) email() string {
	if l.Mobile {
		return ""
	}
	return l.Text
}

// guess is the part of a login that people like to put into passwords.
func (l Login) guess() string {
	if l.Mobile {
		return l.Text[len(l.Text)-8:]
	}
	local, _, _ := strings.Cut(l.Text, "@")
	return local
}

// in tells whether a password in lower case is the login, or holds the guess.
func (l Login) in(lower string) bool {
	if l.Text == "" {
		return false
	}
	if l.Mobile {
		lower = strings.NewReplacer("-", "", " ", "").Replace(lower)
	}
	return lower == l.Text || len(l.guess()) >= shortest && strings.Contains(lower, l.guess())
}

// shortest is the length from which a login's part counts as contained in a password; shorter ones turn up by chance.
const shortest = 4

// CheckPassword notes what is wrong with a new password: its length, its being common, or its holding the login.
func CheckPassword(f fault.Fields, name, password string, login Login) {
	password = norm.NFC.String(password)
	lower := strings.ToLower(password)
	n := utf8.RuneCountInString(password)
	switch {
	case password == "":
		f.Require(false, name)
	case n < 8:
		f.Add(name, "too_short", "min", 8)
	case n > 128:
		f.Add(name, "too_long", "max", 128)
	case login.in(lower):
		f.Add(name, "password_login")
	case common(lower):
		f.Add(name, "password_common")
	}
}
