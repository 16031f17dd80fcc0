package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"dure/api/i18n"
)

// source is one Go file of the repository.
type source struct {
	path   string // from the root, with slashes
	test   bool
	text   string
	syntax *ast.File
}

func (s source) dir() string { return path.Dir(s.path) }

var readSources = sync.OnceValues(func() ([]source, error) {
	var all []source
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); name != ".." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "data" ||
				name == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(file) != ".go" {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		all = append(all, source{filepath.ToSlash(rel), strings.HasSuffix(file, "_test.go"), string(text), syntax})
		return nil
	})
	return all, err
})

func sources(t *testing.T) []source {
	t.Helper()
	all, err := readSources()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 30 {
		t.Fatalf("only %d files found", len(all))
	}
	return all
}

// layer says what the packages of a folder may import: of ours, and of others. The first match counts.
// A path ending in / allows what is below it.
type layer struct {
	folder         string
	ours, theirs   []string
	forbidStandard []string
}

var noIO = []string{"database/sql", "log", "log/slog", "net", "net/http", "os", "os/exec", "syscall"}

var layers = []layer{
	{folder: "domain/kernel/", ours: []string{"domain/kernel/"}, theirs: []string{"github.com/google/uuid"}, forbidStandard: noIO},
	{folder: "domain/sheet/", ours: []string{"domain/kernel/"}, // excelize reads a workbook that is in memory
		theirs: []string{"github.com/xuri/excelize/", "golang.org/x/text/"}, forbidStandard: noIO},
	{folder: "domain/document/", ours: []string{"domain/kernel/"}, // mimetype looks at bytes that are in memory
		theirs: []string{"github.com/gabriel-vasile/mimetype", "golang.org/x/text/"}, forbidStandard: noIO},
	{folder: "domain/certificate/paper/", ours: []string{"domain/kernel/", "domain/certificate"}, // draws in memory
		theirs: []string{"codeberg.org/go-pdf/fpdf", "github.com/skip2/go-qrcode", "golang.org/x/image/"}, forbidStandard: noIO},
	{folder: "domain/", ours: []string{"domain/"}, theirs: []string{"github.com/teambition/rrule-go", "golang.org/x/crypto/argon2", "golang.org/x/text/"}, forbidStandard: noIO},
	{folder: "repository/", ours: []string{"domain/", "migrations", "repository", "repository/"},
		theirs:         []string{"gorm.io/", "github.com/glebarez/", "github.com/jackc/pgx/", "modernc.org/sqlite/lib", "github.com/gofrs/flock", "github.com/minio/minio-go/"},
		forbidStandard: []string{"net/http"}},
	{folder: "migrations/", theirs: []string{"github.com/pressly/goose/"}},
	{folder: "docs/"},
	{folder: "api/i18n/", theirs: []string{"golang.org/x/text/"}},
	{folder: "api/problem/", ours: []string{"api/i18n", "domain/kernel/"}, theirs: []string{"github.com/gin-gonic/gin"}},
	{folder: "api/bind/", ours: []string{"domain/kernel/"},
		theirs: []string{"github.com/gin-gonic/gin", "github.com/go-json-experiment/json", "github.com/go-json-experiment/json/", "golang.org/x/text/"}},
	{folder: "api/table/", ours: []string{"api/i18n"}, theirs: []string{"github.com/gin-gonic/gin", "github.com/parquet-go/parquet-go"},
		forbidStandard: []string{"database/sql"}},
	{folder: "api/", ours: []string{"domain/", "api/bind", "api/guess", "api/i18n", "api/legend", "api/problem", "api/table", "docs"},
		theirs: []string{"github.com/gin-gonic/gin", "github.com/hashicorp/golang-lru/", "github.com/swaggest/swgui/", "github.com/vearutop/statigz",
			"golang.org/x/text/", "golang.org/x/time/", "github.com/arran4/golang-ical", "github.com/skip2/go-qrcode"},
		forbidStandard: []string{"database/sql"}},
	{folder: "cmd/", ours: []string{""}, theirs: []string{""}},
}

func allows(list []string, imported string) bool {
	return slices.ContainsFunc(list, func(p string) bool {
		return imported == p || p == "" || strings.HasSuffix(p, "/") && strings.HasPrefix(imported, p) || strings.HasPrefix(imported, p+"/v")
	})
}

func TestWhoImportsWhom(t *testing.T) {
	for _, s := range sources(t) {
		i := slices.IndexFunc(layers, func(l layer) bool { return strings.HasPrefix(s.dir()+"/", l.folder) })
		if i < 0 {
			t.Errorf("%s: the folder belongs to no layer", s.path)
			continue
		}
		for _, spec := range s.syntax.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			own, isOurs := strings.CutPrefix(imported, "dure/")
			first, _, _ := strings.Cut(imported, "/")
			ok := true
			switch {
			case isOurs:
				ok = allows(layers[i].ours, own) || s.test && own == s.dir() // a test of the package's outside
			case s.test:
			case strings.Contains(first, "."):
				ok = allows(layers[i].theirs, imported)
			default:
				ok = !slices.Contains(layers[i].forbidStandard, imported)
			}
			if !ok {
				t.Errorf("%s must not import %s", s.path, imported)
			}
		}
	}
}

var forbiddenName = regexp.MustCompile(`^(utils?|commons?|helpers?|managers?|misc|shared|base|types|models?)$`)

func TestPackagesAreNamedAndExplained(t *testing.T) {
	explained := map[string]bool{}
	files := map[string]int{}
	for _, s := range sources(t) {
		if forbiddenName.MatchString(strings.TrimSuffix(s.syntax.Name.Name, "_test")) {
			t.Errorf("%s: %q says nothing", s.path, s.syntax.Name.Name)
		}
		if s.test {
			continue
		}
		files[s.dir()]++
		if s.syntax.Doc != nil {
			explained[s.dir()] = true
		}
	}
	for dir, n := range files {
		if !explained[dir] {
			t.Errorf("%s: no package comment", dir)
		}
		if n > 10 && !strings.HasPrefix(dir, "cmd/") {
			t.Errorf("%s: %d files are two features", dir, n)
		}
	}
}

func TestFilesStayReadable(t *testing.T) {
	unfinished := regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK|PLACEHOLDER)\b`)
	for _, s := range sources(t) {
		if n := strings.Count(s.text, "\n"); n > 600 && !s.test {
			t.Errorf("%s: %d lines", s.path, n)
		}
		for _, group := range s.syntax.Comments {
			if found := unfinished.FindString(group.Text()); found != "" {
				t.Errorf("%s: %s", s.path, found)
			}
		}
	}
}

// What stands at package level is made once, where it is declared, and never changed.
func TestNoInitAndNoChangingGlobals(t *testing.T) {
	globals := map[string]map[string]bool{} // folder → names
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, d := range s.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "init" && d.Recv == nil {
					t.Errorf("%s: init()", s.path)
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					for _, spec := range d.Specs {
						v := spec.(*ast.ValueSpec)
						declared(t, s, d, v)
						for _, name := range v.Names {
							if globals[s.dir()] == nil {
								globals[s.dir()] = map[string]bool{}
							}
							globals[s.dir()][name.Name] = true
						}
					}
				}
			}
		}
	}
	for _, s := range sources(t) {
		if !s.test {
			unchanged(t, s, globals[s.dir()])
		}
	}
}

// declared wants a value at once, of a kind that has no state.
func declared(t *testing.T, s source, d *ast.GenDecl, v *ast.ValueSpec) {
	embedded := d.Doc != nil && strings.Contains(comments(d.Doc), "//go:embed") || v.Doc != nil && strings.Contains(comments(v.Doc), "//go:embed")
	if len(v.Values) == 0 && !embedded {
		t.Errorf("%s: %s has no value", s.path, v.Names[0].Name)
	}
	for _, value := range v.Values {
		if stateful(value) {
			t.Errorf("%s: %s may hold state", s.path, v.Names[0].Name)
		}
	}
}

func comments(g *ast.CommentGroup) string {
	var b strings.Builder
	for _, c := range g.List {
		b.WriteString(c.Text + "\n")
	}
	return b.String()
}

func stateful(value ast.Expr) bool {
	found := false
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ChanType:
			found = true
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "make" || id.Name == "new") {
				found = true
			}
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok && (id.Name == "atomic" || id.Name == "sync" && !strings.HasPrefix(n.Sel.Name, "Once")) {
				found = true
			}
		}
		return true
	})
	return found
}

// unchanged looks for assignments to package-level variables: by the parser's own resolution of names, what is not
// declared inside the function.
func unchanged(t *testing.T, s source, globals map[string]bool) {
	check := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
				continue
			case *ast.SelectorExpr:
				e = x.X
				continue
			case *ast.StarExpr:
				e = x.X
				continue
			case *ast.ParenExpr:
				e = x.X
				continue
			case *ast.Ident:
				_, top := s.syntax.Scope.Objects[x.Name]
				if globals[x.Name] && (x.Obj == nil || top && x.Obj == s.syntax.Scope.Objects[x.Name]) {
					t.Errorf("%s: %s is changed", s.path, x.Name)
				}
			}
			return
		}
	}
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					check(e)
				}
			}
		case *ast.IncDecStmt:
			check(n.X)
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "delete" || id.Name == "clear") && len(n.Args) > 0 {
				check(n.Args[0])
			}
		}
		return true
	})
}

// literally gives a text that is written out.
func literally(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	value, err := strconv.Unquote(l.Value)
	return value, err == nil
}

// codes are what the sources can refuse with: codes of faults, with their kind, and codes of wrong members.
func codes(t *testing.T) (faults map[string]string, fields, literals map[string]bool) {
	faults, fields, literals = map[string]string{}, map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				if value, ok := literally(e); ok {
					literals[value] = true
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			name := ""
			switch f := call.Fun.(type) {
			case *ast.SelectorExpr:
				name = f.Sel.Name
				if id, ok := f.X.(*ast.Ident); ok && id.Name == "fault" {
					name = "fault." + name
				}
			case *ast.Ident:
				name = s.syntax.Name.Name + "." + f.Name
			}
			code, literal := literally(call.Args[1])
			switch {
			case name == "fault.New":
				kind, ok := call.Args[0].(*ast.SelectorExpr)
				kindName := ""
				if ok {
					kindName = kind.Sel.Name
				} else if id, ok := call.Args[0].(*ast.Ident); ok {
					kindName = id.Name
				}
				if !literal {
					t.Errorf("%s: a fault without a literal code", s.path)
				} else if before, ok := faults[code]; ok && before != kindName {
					t.Errorf("%s: %s is of kind %s here and %s elsewhere", s.path, code, kindName, before)
				} else {
					faults[code] = kindName
				}
			case (name == "Add" || name == "On") && literal:
				fields[code] = true
			}
			return true
		})
	}
	return faults, fields, literals
}

// impersonal acts are about nobody's data: no access log shows them.
var impersonal = []string{"activity.edited", "anomaly.rule_added", "camp.edited", "camp.opened", "export.area_added", "export.periods_added",
	"recognition.rule_added", "session.refresh_reused", "shift.cancelled", "shift.changed", "site.edited", "webhook.edited", "webhook.ended", "webhook.replayed",
	"webhook.secret_made", "webhook.subscribed", "window.set"}

// Every act that the domain names is one that people can be told of in words, or is about nobody. Acts whose names are put
// together are found by the stories that they happen in.
func TestEveryActCanBeSaidInBothLanguages(t *testing.T) {
	act, found := regexp.MustCompile(`^[a-z_]+\.[a-z_.]*[a-z_]$`), 0
	for _, s := range sources(t) {
		if s.test || !strings.HasPrefix(s.path, "domain/") {
			continue
		}
		say := func(e ast.Expr) {
			code, literal := literally(e)
			if !literal || !act.MatchString(code) {
				return
			}
			found++
			for _, lang := range []i18n.Lang{i18n.Korean, i18n.English} {
				if !i18n.Has(lang, "access.what."+code) && !slices.Contains(impersonal, code) {
					t.Errorf("%s: access.what.%s has no text in %s", s.path, code, lang)
				}
			}
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Action" {
					say(n.Value)
				}
			case *ast.CallExpr:
				name := ""
				switch f := n.Fun.(type) {
				case *ast.Ident:
					name = f.Name
				case *ast.SelectorExpr:
					name = f.Sel.Name
				}
				if slices.Contains([]string{"event", "events", "looked", "touched"}, name) {
					for _, argument := range n.Args {
						say(argument)
					}
				}
			}
			return true
		})
	}
	if found < 40 {
		t.Fatalf("only %d acts found", found)
	}
}

func TestEveryRefusalCanBeSaidInBothLanguages(t *testing.T) {
	faults, fields, literals := codes(t)
	if len(faults) < 20 || len(fields) < 5 {
		t.Fatalf("only %d faults and %d field codes found", len(faults), len(fields))
	}
	need := map[string]bool{}
	for code := range faults {
		if strings.Contains(code, ".") {
			need[code] = true
		} else {
			fields[code] = true // a fault that only ever stands at a member
		}
	}
	for code := range fields {
		need["field."+code] = true
	}
	placeholder := regexp.MustCompile(`\{\w+\}`)
	names := func(lang i18n.Lang, key string) []string {
		found := placeholder.FindAllString(i18n.Text(lang, key, nil), -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	for _, key := range slices.Sorted(maps.Keys(need)) {
		for _, lang := range []i18n.Lang{i18n.Korean, i18n.English} {
			if !i18n.Has(lang, key) {
				t.Errorf("%s has no text in %s", key, lang)
			}
		}
	}
	var beginnings []string // of keys that are put together, such as "statistics.column." + name
	for literal := range literals {
		if strings.HasSuffix(literal, ".") && literal != "field." && literal != "." {
			beginnings = append(beginnings, literal)
		}
	}
	keys := map[string]bool{}
	for _, lang := range []i18n.Lang{i18n.Korean, i18n.English} {
		for _, key := range i18n.Keys(lang) {
			keys[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !i18n.Has(i18n.Korean, key) || !i18n.Has(i18n.English, key) {
			t.Errorf("%s is there in one language only", key)
		}
		code, isField := strings.CutPrefix(key, "field.")
		begun := slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(key, b) })
		dot := max(strings.LastIndex(key, "."), 0)
		_, isCase := faults[key[:dot]] // such as duty.conflict_of_interest.self
		if !literals[key] && !begun && !(isField && literals[code]) && !(isCase && literals[key[dot+1:]]) {
			t.Errorf("%s: nothing in the sources says it", key)
		}
		if ko, en := names(i18n.Korean, key), names(i18n.English, key); !slices.Equal(ko, en) {
			t.Errorf("%s: %v in Korean, %v in English", key, ko, en)
		}
	}
}
