package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/gin-gonic/gin"

	"dure/api"
	"dure/docs"
)

// route is one verb on one path, as a feature registered it.
type route struct {
	method, path string // path as the documentation writes it, with the prefix
	signedIn     bool
}

var pathParameter = regexp.MustCompile(`:(\w+)`)

// routesOf asks the features for their routes, without any of them being served.
func routesOf(features []api.Feature) []route {
	gin.SetMode(gin.ReleaseMode)
	open, signedIn := gin.New(), gin.New()
	for _, f := range features {
		f.Routes(open.Group(api.Prefix), signedIn.Group(api.Prefix))
	}
	var all []route
	for _, r := range open.Routes() {
		all = append(all, route{r.Method, pathParameter.ReplaceAllString(r.Path, "{$1}"), false})
	}
	for _, r := range signedIn.Routes() {
		all = append(all, route{r.Method, pathParameter.ReplaceAllString(r.Path, "{$1}"), true})
	}
	slices.SortFunc(all, func(a, b route) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method))
	})
	return all
}

// routes lists verb, path, who may call, and what the documentation says of it.
func routes(_ context.Context, sh shell, args []string) error {
	if _, _, err := sh.called("routes").load(args); err != nil {
		return err
	}
	var documented struct {
		Paths map[string]map[string]struct{ Summary string }
	}
	if err := json.Unmarshal(docs.Swagger, &documented); err != nil {
		return err
	}
	table := tabwriter.NewWriter(sh.out, 0, 0, 2, ' ', 0)
	for _, r := range routesOf(features(dependencies{})) {
		who := "anyone"
		if r.signedIn {
			who = "signed in"
		}
		summary := documented.Paths[strings.TrimPrefix(r.path, api.Prefix)][strings.ToLower(r.method)].Summary
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.method, r.path, who, summary)
	}
	return table.Flush()
}
