package role

import (
	"errors"
	"slices"
	"testing"
	"time"

	"dure/domain/account"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

var (
	mine, other = id.New(), id.New()
	people      = map[string]auth.Principal{
		"volunteer":     {AccountID: id.New(), VolunteerID: id.New()},
		"keeper":        {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CampKeeper, ScopeType: auth.Camp, ScopeID: mine}}},
		"head":          {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: mine}}},
		"site manager":  {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.SiteManager, ScopeType: auth.DemandSite, ScopeID: mine}}},
		"officer":       {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CentreOfficer, ScopeType: auth.City}}},
		"analyst":       {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.Analyst, ScopeType: auth.City}}},
		"administrator": {AccountID: id.New(), Grants: []auth.Grant{{Role: auth.Administrator, ScopeType: auth.City}}},
	}
)

func TestWhoMayGrantWhat(t *testing.T) {
	may := map[string][]string{
		"administrator": {"camp_head mine", "camp_head other", "camp_keeper mine", "camp_keeper other", "demand_site_manager mine",
			"demand_site_manager other", "merchant_manager mine", "merchant_manager other", "centre_officer", "late_entry_approver", "claims_officer", "analyst", "administrator"},
		"officer": {"camp_head mine", "camp_head other", "camp_keeper mine", "camp_keeper other", "demand_site_manager mine", "demand_site_manager other",
			"merchant_manager mine", "merchant_manager other"},
		"head": {"camp_keeper mine"},
	}
	for name, p := range people {
		var got []string
		for _, r := range []auth.Role{auth.CampHead, auth.CampKeeper, auth.SiteManager, auth.MerchantManager, auth.CentreOfficer, auth.LateApprover, auth.ClaimsOfficer, auth.Analyst, auth.Administrator} {
			scope, _ := auth.ScopeOf(r)
			for where, scopeID := range map[string]id.ID{" mine": mine, " other": other} {
				if scope == auth.City {
					where, scopeID = "", id.Nil
				}
				g := Grant{AccountID: id.New(), Role: r, ScopeType: scope, ScopeID: scopeID}
				switch err := CanGrant(p, g); {
				case err == nil:
					got = append(got, string(r)+where)
				case !errors.Is(err, auth.ErrForbidden):
					t.Errorf("%s, %s%s: %v", name, r, where, err)
				}
			}
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(may[name]))
		if got = slices.Compact(got); !slices.Equal(got, want) {
			t.Errorf("%s may grant %q, want %q", name, got, want)
		}
	}
}

func TestNobodyEntrustsHimselfOrHisFamily(t *testing.T) {
	p := auth.Principal{AccountID: id.New(), VolunteerID: id.New(), Grants: people["administrator"].Grants}
	spouse, other := id.New(), id.New()
	for name, c := range map[string]struct {
		holder account.Account
		want   error
	}{
		"himself":             {account.Account{ID: p.AccountID}, duty.ErrConflict},
		"his spouse":          {account.Account{ID: id.New(), VolunteerID: &spouse}, duty.ErrConflict},
		"somebody":            {account.Account{ID: id.New(), VolunteerID: &other}, nil},
		"who is no volunteer": {account.Account{ID: id.New()}, nil},
	} {
		if err := CanEntrust(p, Grant{AccountID: c.holder.ID, Role: auth.Analyst}, c.holder, duty.Ties{spouse: duty.Household}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhoSeesWhichGrants(t *testing.T) {
	grants := map[string]Grant{
		"my camp":    {ScopeType: auth.Camp, ScopeID: mine},
		"other camp": {ScopeType: auth.Camp, ScopeID: other},
		"site":       {ScopeType: auth.DemandSite, ScopeID: other},
		"city":       {ScopeType: auth.City},
	}
	sees := map[string][]string{
		"administrator": {"city", "my camp", "other camp", "site"},
		"officer":       {"my camp", "other camp", "site"},
		"head":          {"my camp"},
	}
	for name, p := range people {
		v, err := VisibleTo(p)
		if (err == nil) != (sees[name] != nil) {
			t.Errorf("%s: %v", name, err)
		}
		var got []string
		for what, g := range grants {
			if v.Sees(g) {
				got = append(got, what)
			}
		}
		if slices.Sort(got); !slices.Equal(got, sees[name]) {
			t.Errorf("%s sees %q, want %q", name, got, sees[name])
		}
	}
}

func TestWhatIsWrongWithAGrant(t *testing.T) {
	now := time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC)
	later := now.Add(time.Hour)
	good := Entrust{AccountID: id.New(), Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: mine, Until: &later, Reason: "위촉"}
	for name, c := range map[string]struct {
		change func(cmd *Entrust)
		want   []string
	}{
		"nothing":         {func(*Entrust) {}, nil},
		"for the city":    {func(cmd *Entrust) { cmd.Role, cmd.ScopeType, cmd.ScopeID = auth.Analyst, auth.City, id.Nil }, nil},
		"nobody":          {func(cmd *Entrust) { cmd.AccountID = id.Nil }, []string{"account_id one_of_two"}},
		"two":             {func(cmd *Entrust) { cmd.Login = "a@b.kr" }, []string{"account_id one_of_two"}},
		"volunteer":       {func(cmd *Entrust) { cmd.Role = auth.Volunteer }, []string{"role unknown"}},
		"no role":         {func(cmd *Entrust) { cmd.Role = "" }, []string{"role required"}},
		"wrong scope":     {func(cmd *Entrust) { cmd.ScopeType = auth.City }, []string{"scope_type must_be"}},
		"no scope":        {func(cmd *Entrust) { cmd.ScopeID = id.Nil }, []string{"scope_id required"}},
		"a scope to much": {func(cmd *Entrust) { cmd.Role, cmd.ScopeType = auth.Analyst, auth.City }, []string{"scope_id not_here"}},
		"over already":    {func(cmd *Entrust) { cmd.Until = &now }, []string{"until past"}},
		"no reason":       {func(cmd *Entrust) { cmd.Reason = " " }, []string{"reason required"}},
	} {
		cmd := good
		c.change(&cmd)
		var got []string
		if f, ok := fault.From(cmd.validate(now)); ok {
			for _, field := range f.Fields {
				got = append(got, field.Path+" "+field.Code)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
