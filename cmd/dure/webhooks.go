package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"dure/domain/webhook"
	webhookstore "dure/repository/webhook"
)

func webhooks(d dependencies) *webhook.Service {
	return webhook.NewService(webhookstore.NewStore(d.db), d.clock, newCourier(d.hosts, net.DefaultResolver.LookupNetIP), rand.Float64, d.hosts)
}

// answerRead is how much of an endpoint's answer is read before the connection is given up; nothing of it is kept.
const answerRead = 64 << 10

// errDenied is why a connection was not made.
var errDenied = errors.New("the address is not one that messages are sent to")

// courier sends webhooks (Standard Webhooks) over HTTP. It follows no redirect and no proxy, and connects to the very address
// that it looked at, so that a name cannot lead it inside on second thought.
type courier struct{ http *http.Client }

type lookUp func(ctx context.Context, network, host string) ([]netip.Addr, error)

func newCourier(hosts webhook.Hosts, lookUp lookUp) courier {
	var dialer net.Dialer
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		found, err := lookUp(ctx, "ip", host)
		if err != nil {
			return nil, err
		}
		for _, a := range found {
			if !hosts.Reach(a) {
				return nil, errDenied
			}
		}
		err = fmt.Errorf("%s has no address", host)
		for _, a := range found {
			var conn net.Conn
			if conn, err = dialer.DialContext(ctx, network, net.JoinHostPort(a.Unmap().String(), port)); err == nil {
				return conn, nil
			}
		}
		return nil, err
	}
	return courier{&http.Client{
		Timeout:       webhook.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: dial, DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10, TLSHandshakeTimeout: webhook.Timeout},
	}}
}

// Send implements webhook.Sender.
func (c courier) Send(ctx context.Context, m webhook.Message) (int, webhook.Problem) {
	signatures := make([]string, len(m.Secrets))
	for i, secret := range m.Secrets {
		key, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return 0, webhook.Unsigned
		}
		if signatures[i], err = key.Sign(m.ID.String(), m.At, m.Body); err != nil {
			return 0, webhook.Unsigned
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return 0, webhook.Unreachable
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "dure/"+version)
	r.Header.Set(standardwebhooks.HeaderWebhookID, m.ID.String())
	r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(m.At.Unix(), 10))
	r.Header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, problemOf(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, answerRead)); err != nil {
		return 0, problemOf(err)
	}
	return answer.StatusCode, webhook.NoProblem
}

// problemOf says why there is no answer; an error's own text may tell what a neighbour of this server should not.
func problemOf(err error) webhook.Problem {
	if errors.Is(err, errDenied) {
		return webhook.AddressDenied
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return webhook.TimedOut
	}
	return webhook.Unreachable
}
