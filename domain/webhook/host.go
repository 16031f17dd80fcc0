package webhook

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Hosts says where messages may go.
type Hosts struct {
	Loopback bool // also to http on this very machine, for development
}

// special are ranges that are unicast by their form but lead to nobody outside, or back inside by translation (IANA
// special-purpose address registries).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"), netip.MustParsePrefix("5f00::/16"), netip.MustParsePrefix("fec0::/10"),
}

// Reach tells whether a message may be sent to an address: a public one, else a request from outside could make this
// server speak to its own neighbours (SSRF).
func (h Hosts) Reach(a netip.Addr) bool {
	a = a.Unmap()
	if a.IsLoopback() {
		return h.Loopback
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.Zone() != "" {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// url tells whether an endpoint may have this URL: https to a name or a public address, without credentials. What a name
// stands for is looked at when a message is sent.
func (h Hosts) url(u *url.URL) bool {
	host := u.Hostname()
	if host == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return false
	}
	if port, err := strconv.ParseUint(u.Port(), 10, 16); u.Port() != "" && (err != nil || port == 0) {
		return false
	}
	address, err := netip.ParseAddr(host)
	named := err != nil
	switch {
	case h.Loopback && (host == "localhost" || !named && address.Unmap().IsLoopback()):
		return u.Scheme == "http" || u.Scheme == "https"
	case u.Scheme != "https":
		return false
	case named: // a single label, or one that is a number to some resolvers, is no public name
		last := host[strings.LastIndex(host, ".")+1:]
		return strings.Contains(host, ".") && last != "" && !strings.ContainsAny(last[:1], "0123456789") && last != "localhost"
	}
	return h.Reach(address)
}
