package fault

import "fmt"

// ErrInvalid is the refusal of a request whose members break rules; its Fields say which.
var ErrInvalid = New(Invalid, "request.invalid")

// Fields collects what is wrong with a request's members, so that all of it is told at once.
type Fields struct {
	prefix string
	list   *[]Field
}

// Collect starts an empty collection.
func Collect() Fields { return Fields{list: new([]Field)} }

// Under gives the same collection, its paths prefixed: Under("items[%d]", 3).
func (f Fields) Under(format string, args ...any) Fields {
	return Fields{prefix: f.path(fmt.Sprintf(format, args...)), list: f.list}
}

func (f Fields) path(name string) string {
	if f.prefix == "" {
		return name
	}
	return f.prefix + "." + name
}

// Add notes a wrong member; args are name, value pairs for the text.
func (f Fields) Add(name, code string, args ...any) {
	e := (&Error{}).On(f.path(name), code, args...)
	*f.list = append(*f.list, e.Fields[0])
}

// Require notes a member as missing when ok is false, and says whether it was there.
func (f Fields) Require(ok bool, name string) bool {
	if !ok {
		f.Add(name, "required")
	}
	return ok
}

// Err is nil when nothing was noted, else ErrInvalid with everything noted.
func (f Fields) Err() error {
	if len(*f.list) == 0 {
		return nil
	}
	e := *ErrInvalid
	e.Fields = *f.list
	return &e
}
