package duty_test

import (
	"testing"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

func TestConflict(t *testing.T) {
	me, child, neighbour, stranger := id.New(), id.New(), id.New(), id.New()
	p := auth.Principal{AccountID: id.New(), VolunteerID: me}
	ties := duty.Ties{child: duty.Guardian, neighbour: duty.Household}
	entered := func(account id.ID) duty.Act { return duty.Act{Account: account, Case: duty.Entered} }
	for name, c := range map[string]struct {
		p      auth.Principal
		person id.ID
		acts   []duty.Act
		want   string
	}{
		"nobody near":                {p, stranger, []duty.Act{entered(id.New())}, ""},
		"his own":                    {p, me, nil, duty.Self},
		"his child's":                {p, child, nil, duty.Guardian},
		"his household's":            {p, neighbour, nil, duty.Household},
		"what he entered":            {p, stranger, []duty.Act{entered(id.New()), entered(p.AccountID)}, duty.Entered},
		"family before entry":        {p, child, []duty.Act{entered(p.AccountID)}, duty.Guardian},
		"nobody's matter":            {p, id.Nil, nil, ""},
		"nobody's but entered":       {p, id.Nil, []duty.Act{entered(p.AccountID)}, duty.Entered},
		"what his family proposed":   {p, id.Nil, []duty.Act{{Account: id.New(), Person: neighbour, Case: duty.Proposed}}, duty.Household},
		"what others proposed":       {p, id.Nil, []duty.Act{{Account: id.New(), Person: stranger, Case: duty.Proposed}}, ""},
		"a person behind no account": {auth.Principal{AccountID: p.AccountID}, id.Nil, nil, ""},
		"entered by nobody":          {auth.Principal{}, stranger, []duty.Act{entered(id.Nil)}, ""},
	} {
		err := duty.Conflict(c.p, ties, c.person, c.acts...)
		f, refused := fault.From(err)
		if refused != (c.want != "") || refused && (f.Case != c.want || f.Code != duty.ErrConflict.Code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
