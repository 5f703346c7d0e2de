package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// explain says in plain words what is wrong with a command line, and where to read on. The parser's own words are for programmers.
func explain(err error) string {
	text, command, leaf := err.Error(), "yousaid", false
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		if node := parse.Context.Selected(); node != nil {
			command, leaf = "yousaid "+node.Path(), len(node.Children) == 0
			text = strings.TrimPrefix(text, node.Path()+": ") // our own sentences come with the command in front
		}
	}
	for _, w := range wordings {
		m := w.says.FindStringSubmatch(text)
		if m != nil {
			text = w.plain(m, command, leaf)
			break
		}
	}
	if !strings.HasSuffix(text, "?") {
		text = strings.TrimRight(text, ".") + "."
	}
	return fmt.Sprintf("%s For help: %s --help", text, command)
}

// wordings lists what the parser says, and what we say instead. A test goes through all of them.
var wordings = []struct {
	says  *regexp.Regexp
	plain func(m []string, command string, leaf bool) string
}{
	{regexp.MustCompile(`^missing flags: (.*)$`), func(m []string, _ string, _ bool) string {
		return "give " + and(strings.Split(m[1], ", ")) + " as well"
	}},
	{regexp.MustCompile(`^expected (?:one of )?(.*)$`), func(m []string, command string, leaf bool) string {
		words := strings.Split(strings.ReplaceAll(m[1], `"`, ""), ", ")
		if leaf {
			return fmt.Sprintf("%s is missing after “%s”", strings.ToUpper(strings.Trim(words[0], "<>")), command)
		}
		for i, w := range words {
			words[i] = command + " " + w
		}
		return "say what to do: " + strings.Join(words, ", ")
	}},
	{regexp.MustCompile(`^unexpected argument (.*?)(?:, did you mean (?:one of )?(.*)\?)?$`),
		func(m []string, command string, leaf bool) string {
			if leaf {
				return fmt.Sprintf("%q is a word too many: a value with spaces in it stands in quotes", m[1])
			}
			return fmt.Sprintf("there is no command “%s %s”%s", command, m[1], meant(m[2]))
		}},
	{regexp.MustCompile(`^unknown flag (\S+?)(?:, did you mean (?:one of )?(.*)\?)?$`), func(m []string, _ string, _ bool) string {
		return "there is no option " + m[1] + meant(m[2])
	}},
	{regexp.MustCompile(`^(--\S+) must be one of (.*) but got "(.*)"$`), func(m []string, _ string, _ bool) string {
		// an option that may be left out lists "" last
		choices := strings.ReplaceAll(strings.TrimSuffix(strings.ReplaceAll(m[2], `"`, ""), ","), ",", ", ")
		if m[3] == "" {
			return m[1] + " needs a value: " + choices
		}
		return fmt.Sprintf("%s cannot be %q: it is one of %s", m[1], m[3], choices)
	}},
	{regexp.MustCompile(`^(--\S+): expected (?:u?int|a valid .* u?int|an? .*int).* got (?:"(.*?)".*|EOL.*)$`),
		func(m []string, _ string, _ bool) string {
			if m[2] == "" || m[2] == "EOL" {
				return m[1] + " needs a whole number, such as " + m[1] + " 1000"
			}
			return fmt.Sprintf("%s needs a whole number of 0 or more, not %q", m[1], m[2])
		}},
	{regexp.MustCompile(`^(--\S+): (?:expected .* value but got|missing value)`), func(m []string, _ string, _ bool) string {
		return m[1] + " needs a value after it"
	}},
}

func meant(candidates string) string {
	if candidates == "" {
		return ""
	}
	return ": did you mean " + strings.ReplaceAll(strings.ReplaceAll(candidates, `"`, ""), ", ", " or ") + "?"
}

// and joins what must all be given.
func and(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
