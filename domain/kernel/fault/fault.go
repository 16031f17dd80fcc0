// Package fault names what can go wrong in words that a client may rely on.
package fault

import (
	"errors"
	"maps"
	"slices"
)

// Kind says what sort of refusal a fault is; api/problem maps it to a status, nothing else does.
type Kind int

const (
	Unreadable          Kind = iota + 1 // the request cannot be understood (syntax, encoding, query, cursor)
	Unauthenticated                     // nobody is signed in, or not any more
	Forbidden                           // signed in, but not entitled, where existence is public
	NotFound                            // no such thing, or not for this reader
	Conflict                            // the state of things forbids it
	Invalid                             // readable, but breaks a rule
	PreconditionFailed                  // If-Match names another version
	PreconditionMissing                 // If-Match is required
	TooLarge                            // body over the limit
	UnsupportedMedia                    // body of a type not understood here
	TooMany                             // rate limit
	Unavailable                         // a passing condition: try again
	MethodNotAllowed                    // the path exists, the verb does not
	Damaged                             // what was kept is not as it was: an operator has to look
)

// Error is a refusal with a stable code; the code is contract, problem type and translation key at once.
type Error struct {
	Kind   Kind
	Code   string         // e.g. "attendance.already_recorded"; never renamed
	Case   string         // which of several cases of the fault it is, where that says more; translated under code+"."+case
	Args   map[string]any // values for the translated text; never personal data or secrets
	Fields []Field        // the members of the request that are wrong, when it is about members
}

// Field is one wrong member of a request.
type Field struct {
	Path string         // e.g. "items[3].checked_in_at"
	Code string         // e.g. "required"; translated under "field."+Code
	Args map[string]any // values for the translated text
}

// New declares a fault. Faults are declared once, as package variables of their feature.
func New(kind Kind, code string) *Error { return &Error{Kind: kind, Code: code} }

// Error gives the code, for logs; people read the translated text.
func (e *Error) Error() string { return e.Key() }

// Key is where the text is translated: the code, and the case when there is one.
func (e *Error) Key() string {
	if e.Case == "" {
		return e.Code
	}
	return e.Code + "." + e.Case
}

// Is makes copies with arguments or fields match the declared fault.
func (e *Error) Is(target error) bool {
	t, ok := errors.AsType[*Error](target)
	return ok && t.Code == e.Code
}

// In gives a copy that names the case.
func (e *Error) In(which string) *Error {
	c := *e
	c.Case = which
	return &c
}

// With gives a copy that carries one more argument for its text.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Args = maps.Clone(e.Args)
	if c.Args == nil {
		c.Args = map[string]any{}
	}
	c.Args[name] = value
	return &c
}

// On gives a copy that names one more wrong member.
func (e *Error) On(path, code string, args ...any) *Error {
	c := *e
	f := Field{Path: path, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = map[string]any{}
		}
		f.Args[args[i].(string)] = args[i+1]
	}
	c.Fields = append(slices.Clone(e.Fields), f)
	return &c
}

// From finds the fault in an error chain.
func From(err error) (*Error, bool) { return errors.AsType[*Error](err) }
