package migrations_test

import (
	"regexp"
	"strings"
)

// lexeme is one word, number, sign or literal of SQL. Words are kept in capitals; depth counts the brackets it stands in.
type lexeme struct {
	text  string
	depth int
}

// dynamic stands where a Go string was put together from something that is not known before the program runs.
const dynamic = "\u2026"

var tokenPattern = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|\$\w*\$|'(?:[^']|'')*'|"[^"]*"|` +
	`\$\d+|[A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?|::|\S`)

// statements splits a text into its SQL statements. The bodies of functions ($$ … $$) are read as statements of their own.
func statements(sql string) [][]lexeme {
	var all [][]lexeme
	var now []lexeme
	depth := 0
	end := func() {
		if len(now) > 0 {
			all = append(all, now)
		}
		now, depth = nil, 0
	}
	for _, t := range tokenPattern.FindAllString(sql, -1) {
		switch {
		case strings.HasPrefix(t, "--"), strings.HasPrefix(t, "/*"):
			continue
		case t == ";", len(t) > 1 && t[0] == '$' && t[len(t)-1] == '$':
			end()
			continue
		case t == ")":
			depth--
		case t[0] == '"':
			t = strings.Trim(t, `"`)
		}
		if t[0] != '\'' {
			t = strings.ToUpper(t)
		}
		now = append(now, lexeme{t, depth})
		if t == "(" {
			depth++
		}
	}
	end()
	return all
}

// statement is a list of tokens with the questions that the rules ask of it.
type statement []lexeme

func (s statement) at(i int) string {
	if i < 0 || i >= len(s) {
		return ""
	}
	return s[i].text
}

// has tells whether the words stand together somewhere.
func (s statement) has(words ...string) bool { return s.find(0, words...) >= 0 }

// find gives the place of the first of the words from place i on, or -1.
func (s statement) find(i int, words ...string) int {
next:
	for ; i >= 0 && i+len(words) <= len(s); i++ {
		for j, w := range words {
			if s[i+j].text != w {
				continue next
			}
		}
		return i
	}
	return -1
}

// verb tells whether place i is the word of a statement that does something, rather than part of FOR UPDATE, ON DELETE or GRANT UPDATE.
func (s statement) verb(i int) bool {
	switch s.at(i) {
	case "SELECT", "INSERT", "MERGE", "RETURNING":
		return true
	case "UPDATE":
		switch s.at(i - 1) {
		case "FOR", "KEY", "ON", ",", "OR", "GRANT", "REVOKE", "BEFORE", "AFTER":
			return false
		}
		return true
	case "DELETE":
		return s.at(i+1) == "FROM"
	}
	return false
}

// governs lists the verbs in whose reach place i stands: the nearest at its own depth of brackets, then the nearest at each depth
// around it.
func (s statement) governs(i int) (verbs []int) {
	depth := s[i].depth + 1
	for j := i; j >= 0; j-- {
		if s[j].depth < depth && s.verb(j) {
			verbs, depth = append(verbs, j), s[j].depth
		}
	}
	return verbs
}

// listEnds are the words after which a comma no longer divides tables.
var listEnds = words("WHERE GROUP ORDER HAVING LIMIT OFFSET RETURNING ON USING FOR " +
	"UNION EXCEPT INTERSECT SET WINDOW VALUES SELECT DO FETCH")

func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// named is a place where a statement names a table.
type named struct {
	table string // lower case; dynamic when the program puts the name together
	at    int
	how   string // FROM, JOIN, INSERT, UPDATE, DELETE, COPY
}

// tables lists where the statement names a table. Names after FROM that are functions or have no meaning as tables are listed too:
// the caller knows the tables.
func (s statement) tables() (found []named) {
	add := func(i int, how string) {
		for s.at(i) == "ONLY" || s.at(i) == "LATERAL" || (s.at(i) == "PUBLIC" && s.at(i+1) == ".") {
			if s.at(i) == "PUBLIC" {
				i++
			}
			i++
		}
		if i < len(s) && (how == "INSERT" || how == "COPY" || s.at(i+1) != "(") {
			found = append(found, named{strings.ToLower(s.at(i)), i, how})
		}
	}
	for i, t := range s {
		switch t.text {
		case "FROM":
			if s.at(i-1) == "DISTINCT" { // IS DISTINCT FROM
				continue
			}
			how := "FROM"
			if s.at(i-1) == "DELETE" {
				how = "DELETE"
			}
			add(i+1, how)
			for j := i + 1; j < len(s) && s[j].depth >= t.depth && !(s[j].depth == t.depth && listEnds[s[j].text]); j++ {
				if s[j].text == "," && s[j].depth == t.depth {
					add(j+1, how)
				}
			}
		case "JOIN":
			add(i+1, "JOIN")
		case "INTO":
			if s.at(i-1) == "INSERT" || s.at(i-1) == "MERGE" {
				add(i+1, "INSERT")
			}
		case "UPDATE":
			if s.verb(i) && s.at(i-1) != "DO" {
				add(i+1, "UPDATE")
			}
		case "COPY":
			if i == 0 {
				add(i+1, "COPY")
			}
		}
	}
	return found
}
