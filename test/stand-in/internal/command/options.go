package command

import (
	"strconv"

	"antdb.io/stand-in/internal/grammar"
)

const maxPort = 65535

// optionSet reads a command's options one by one, refusing repeats.
type optionSet struct{ seen map[string]bool }

// once refuses an option given twice.
func (o *optionSet) once(name string) error {
	if o.seen == nil {
		o.seen = map[string]bool{}
	}
	if o.seen[name] {
		return Fail(codeSyntax, "conflicting or redundant options")
	}
	o.seen[name] = true
	return nil
}

func (o *optionSet) has(name string) bool { return o.seen[name] }

// integerOf reads an option that must be a number (defGetInt32).
func integerOf(option grammar.Option) (int, error) {
	value, err := strconv.ParseInt(option.Value, 10, 32)
	if err != nil || option.Kind != grammar.Integer {
		return 0, Fail(codeSyntax, "%s requires an integer value", option.Name)
	}
	return int(value), nil
}

func portOf(option grammar.Option) (int, error) {
	port, err := integerOf(option)
	if err != nil {
		return 0, err
	}
	if port <= 0 || port > maxPort {
		return 0, Fail(codeSyntax, "%d is outside the valid range for parameter \"port\" (1 .. %d)", port, maxPort)
	}
	return port, nil
}

// textValue reads an option that needs a value (defGetString).
func textValue(option grammar.Option) (string, error) {
	if option.Kind == grammar.NoValue {
		return "", Fail(codeSyntax, "%s requires a parameter", option.Name)
	}
	return option.Value, nil
}

func pathOf(option grammar.Option) (string, error) {
	path, err := textValue(option)
	if err != nil {
		return "", err
	}
	if len(path) == 0 || path[0] != '/' {
		return "", Fail(codeSyntax, "invalid absoulte path: \"%s\"", path)
	}
	return path, nil
}
