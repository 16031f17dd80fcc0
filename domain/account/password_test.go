package account

import (
	"context"
	"errors"
	"strings"
	"testing"

	"dure/domain/kernel/fault"
)

var quick = Cost{Memory: 64, Time: 1, Threads: 1}

func TestPasswordsAreHashedAndVerified(t *testing.T) {
	ctx, h := context.Background(), NewHasher(quick, 2)
	one, err1 := h.Hash(ctx, "각나무 그늘 2026")
	two, err2 := h.Hash(ctx, "각나무 그늘 2026")
	if err1 != nil || err2 != nil || one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatal(one, two, err1, err2)
	}
	for password, want := range map[string]bool{
		"각나무 그늘 2026":                  true,
		"\u1100\u1161\u11a8나무 그늘 2026": true, // the same in decomposed form
		"각나무 그늘 2027":                  false,
		"":                             false,
		"각나무 그늘 2026" + strings.Repeat("x", 9): false,
	} {
		if right, stale, err := h.Verify(ctx, one, password); right != want || stale || err != nil {
			t.Errorf("%q: %v %v %v", password, right, stale, err)
		}
	}
	if right, stale, err := NewHasher(Cost{Memory: 128, Time: 1, Threads: 1}, 1).Verify(ctx, one, "각나무 그늘 2026"); !right || !stale || err != nil {
		t.Error("a hash of another cost is right, and stale:", right, stale, err)
	}
	for _, password := range []string{"", "each", h.Decoy()} {
		if right, stale, err := h.Verify(ctx, h.Decoy(), password); right || stale || err != nil {
			t.Errorf("the decoy with %q: %v %v %v", password, right, stale, err)
		}
	}
	for _, kept := range []string{"", "x", "$argon2i$v=19$m=64,t=1,p=1$YWFhYWFhYWE$YWFhYWFhYWFhYWFhYWFhYQ", "$argon2id$v=19$m=64,t=0,p=1$YQ$YQ",
		"$argon2id$v=19$m=64,t=1,p=1$YWFhYWFhYWE$", "$argon2id$v=18$m=64,t=1,p=1$YWFhYWFhYWE$YWFhYWFhYWFhYWFhYWFhYQ"} {
		if right, _, err := h.Verify(ctx, kept, ""); right || err == nil {
			t.Errorf("%q: %v %v", kept, right, err)
		}
	}
	if Usual.Memory < 19*1024 || Usual.Time < 2 {
		t.Error("a guess is too cheap")
	}
}

func TestHashingWaitsItsTurn(t *testing.T) {
	h := NewHasher(quick, 1)
	h.turns <- struct{}{} // somebody hashes
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, ErrBusy) {
		t.Fatal(err)
	}
	<-h.turns
	if _, err := h.Hash(context.Background(), "x"); err != nil {
		t.Fatal(err)
	}
}

func TestWhichPasswordsAreRefused(t *testing.T) {
	mail, _ := ParseLogin("GilDong@Example.kr")
	short, _ := ParseLogin("kim@example.kr")
	mobile, _ := ParseLogin("010-9876-1234")
	for _, c := range []struct {
		login    Login
		password string
		want     string
	}{
		{mail, "봄바람 부는 무등산", ""},
		{mail, "dure-demo-2026", ""},
		{mail, "", "required"},
		{mail, "일곱글자입니다", "too_short"},
		{mail, "\u1100\u1161\u1100\u1161\u1100\u1161\u1100\u1161", "too_short"}, // 가가가가 in decomposed form
		{mail, "여덟글자입니다요", ""},
		{mail, strings.Repeat("가나다라", 32), ""},
		{mail, strings.Repeat("가나다라", 32) + "마", "too_long"},
		{mail, "gildong@example.kr", "password_login"},
		{mail, "my-GILDONG-77", "password_login"},
		{short, "kimchi-jjigae", ""},
		{short, "kim@example.kr", "password_login"},
		{mobile, "98761234!!", "password_login"},
		{mobile, "010-9876-1234", "password_login"},
		{mail, "qwer1234", "password_common"},
		{mail, "QWER1234", "password_common"},
		{mail, "1q2w3e4r!", "password_common"},
		{mail, "대한민국1234", "password_common"},
		{mail, "11111111", "password_common"},
		{mail, "abcabcabc", "password_common"},
		{mail, "가가가가가가가가가나", "password_common"},
	} {
		f := fault.Collect()
		CheckPassword(f, "password", c.password, c.login)
		got := ""
		if e, ok := fault.From(f.Err()); ok {
			got = e.Fields[0].Code
		}
		if got != c.want {
			t.Errorf("%s %q: %q, want %q", c.login.Text, c.password, got, c.want)
		}
	}
	for line := range strings.Lines(commonPasswords) {
		if word := strings.TrimSpace(line); len([]rune(word)) < 6 || word != strings.ToLower(word) {
			t.Errorf("%q is of no use on the list", word)
		}
	}
}

func TestLoginsHaveOneForm(t *testing.T) {
	for in, want := range map[string]Login{
		" GilDong@Example.KR ": {"gildong@example.kr", false}, "+82 10 1234 5678": {"01012345678", true}, "010-1234-5678": {"01012345678", true},
	} {
		if got, ok := ParseLogin(in); !ok || got != want {
			t.Errorf("%q: %+v %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "gildong", "02-123-4567", "a@b", strings.Repeat("a", 300) + "@b.kr"} {
		if got, ok := ParseLogin(in); ok {
			t.Errorf("%q: %+v", in, got)
		}
	}
}
