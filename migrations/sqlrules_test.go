package migrations_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// schema is what the migrations say about tables: which belong to an organisation and which to none.
type schema struct {
	tenant, global map[string]bool
}

func (s *schema) read(sql string) {
	for _, tokens := range statements(sql) {
		st := statement(tokens)
		if i := st.find(0, "CREATE", "TABLE"); i == 0 {
			i += 2
			for st.at(i) == "IF" || st.at(i) == "NOT" || st.at(i) == "EXISTS" {
				i++
			}
			if name := strings.ToLower(st.at(i)); st.has("ORGANISATION_ID") {
				s.tenant[name] = true
			} else {
				s.global[name] = true
			}
		}
	}
}

// fragment finds a piece of a statement that names a table, in a text that does not begin as a statement does.
var fragment = regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)\b`)

// broken lists, in sentences, the rules of DATA.md 9 and 10 that a text of SQL breaks. around is everything else that the same Go
// function says in strings: a statement that is put together from pieces may name its organisation there. Migrations run for all
// organisations at once and are excused from naming one.
func (s *schema) broken(sql, around string, migration bool) (problems []string) {
	for _, tokens := range statements(sql) {
		st := statement(tokens)
		if !words("SELECT INSERT UPDATE DELETE WITH COPY MERGE CREATE ALTER TRUNCATE LOCK")[st.at(0)] {
			if !migration {
				for _, m := range fragment.FindAllStringSubmatch(sql, -1) {
					if s.tenant[m[1]] && !namesOne(around) {
						problems = append(problems, fmt.Sprintf("this piece of SQL names %s, and nothing in the function says organisation_id = $n", m[1]))
					}
				}
			}
			continue
		}
		problems = append(problems, s.schemaRules(st)...)
		problems = append(problems, s.statementRules(st)...)
		if !migration {
			problems = append(problems, s.tenantRules(st, around)...)
		}
	}
	slices.Sort(problems)
	return slices.Compact(problems)
}

var oneOrganisation = regexp.MustCompile(`(?i)\borganisation_id\s*=\s*(\$\d|` + dynamic + `)`)

func namesOne(sql string) bool { return oneOrganisation.MatchString(sql) }

// tenantRules: every statement names the organisation, for every tenant table it touches.
func (s *schema) tenantRules(st statement, around string) (problems []string) {
	say := func(format string, a ...any) { problems = append(problems, fmt.Sprintf(format, a...)) }
	open := slices.ContainsFunc(st, func(t lexeme) bool { return t.text == dynamic })
	excused := open && namesOne(around)
	counted := map[int]bool{}
	for _, n := range st.tables() {
		switch {
		case n.table == dynamic:
			say("the name of the table after %s is put together by the program: write it out, so that this test can see it", n.how)
		case !s.tenant[n.table]:
		case n.how == "COPY":
			say("COPY with %s: use INSERT", n.table)
		case n.how == "INSERT":
			if !columnsName(st, n.at+1) {
				say("INSERT INTO %s does not name organisation_id among its columns", n.table)
			}
		default:
			own, start := st.own(n.at)
			if counted[start] {
				continue
			}
			counted[start] = true
			tables := 0
			for _, m := range st.tables() {
				if _, at := st.own(m.at); at == start && s.tenant[m.table] && m.how != "INSERT" {
					tables++
				}
			}
			if have := namings(own); have < tables && !excused {
				say("%s: %d tables of organisations stand here and organisation_id = … only %d times", n.table, tables, have)
			}
		}
	}
	if len(counted) > 0 && !excused && !parameter(st) {
		say("no organisation_id = $n")
	}
	return problems
}

// columnsName tells whether the list of columns that opens at place i has organisation_id. A list put together by the program is
// not believed.
func columnsName(st statement, i int) bool {
	if st.at(i) == "AS" {
		i += 2
	}
	if st.at(i) != "(" {
		return false
	}
	for j := i + 1; j < len(st) && st[j].depth > st[i].depth; j++ {
		if st[j].text == "ORGANISATION_ID" {
			return true
		}
	}
	return false
}

// own gives the tokens of the SELECT, UPDATE or DELETE that place i belongs to, without its sub-selects, and where it starts.
func (s statement) own(i int) (tokens statement, start int) {
	depth, from := s[i].depth, i
	split := words("UNION EXCEPT INTERSECT")
	for from > 0 && s[from-1].depth >= depth && !(s[from-1].depth == depth && split[s[from-1].text]) {
		from--
	}
	for to := from; to < len(s) && s[to].depth >= depth && !(s[to].depth == depth && split[s[to].text]); to++ {
		if s[to].text == "(" && (s.at(to+1) == "SELECT" || s.at(to+1) == "WITH" || s.verb(to+1)) {
			for inner := s[to].depth; to+1 < len(s) && s[to+1].depth > inner; to++ {
			}
			continue
		}
		tokens = append(tokens, s[to])
	}
	return tokens, from
}

// namings counts where the tokens tie a table to an organisation.
func namings(s statement) (n int) {
	for i, t := range s {
		if t.text == "ORGANISATION_ID" && s.at(i+1) == "=" {
			n++
		}
		if t.text == "USING" {
			for j := i + 2; j < len(s) && s[j].depth > t.depth; j++ {
				if s[j].text == "ORGANISATION_ID" {
					n++
				}
			}
		}
	}
	return n
}

func parameter(s statement) bool {
	for i := range s {
		if s[i].text == "ORGANISATION_ID" && s.at(i+1) == "=" && (strings.HasPrefix(s.at(i+2), "$") || s.at(i+2) == dynamic) {
			return true
		}
	}
	return false
}

// statementRules: what a distributed engine refuses or does wrongly, whatever the table.
func (s *schema) statementRules(st statement) (problems []string) {
	say := func(format string, a ...any) { problems = append(problems, fmt.Sprintf(format, a...)) }
	for i, t := range st {
		switch t.text {
		case "*":
			if words("SELECT DISTINCT ALL , . RETURNING")[st.at(i-1)] {
				say("* instead of named columns")
			}
		case "RANDOM", "GEN_RANDOM_UUID", "CLOCK_TIMESTAMP":
			if st.at(i+1) != "(" {
				continue
			}
			for _, v := range st.governs(i) {
				if w := st.at(v); w == "UPDATE" || w == "DELETE" || w == "RETURNING" {
					say("%s() in %s", strings.ToLower(t.text), w)
				}
			}
		case "NOW", "CURRENT_TIMESTAMP", "CURRENT_DATE", "STATEMENT_TIMESTAMP", "TRANSACTION_TIMESTAMP":
			for _, v := range st.governs(i) {
				if st.at(v) == "UPDATE" && st.at(v-1) == "DO" {
					say("%s in ON CONFLICT DO UPDATE: use excluded or a parameter", strings.ToLower(t.text))
				}
			}
		case "MERGE":
			if st.at(i+1) == "INTO" {
				say("MERGE")
			}
		case "SET":
			for j := i + 1; j < len(st) && st[j].depth >= t.depth && !(st[j].depth == t.depth && listEnds[st[j].text]); j++ {
				target := st.at(j-1) == "SET" || (st.at(j-1) == "," && st[j].depth == t.depth) || (st.at(j-1) == "(" && st.at(j-2) == "SET")
				if st[j].text == "ORGANISATION_ID" && target {
					say("organisation_id is updated")
				}
			}
		case "INSERT":
			if st.at(i+1) == "INTO" {
				problems = append(problems, insertRules(st, i)...)
			}
		}
	}
	return problems
}

// insertRules: INSERT … SELECT says what happens on a conflict or what it returns; a row of VALUES has no sub-select.
func insertRules(st statement, i int) []string {
	depth, values, end := st[i].depth, -1, false
	for j := i + 1; j < len(st) && st[j].depth >= depth; j++ {
		switch {
		case st[j].depth == depth && st[j].text == "VALUES" && values < 0:
			values = j
		case st[j].depth == depth && (st[j].text == "RETURNING" || (st[j].text == "ON" && st.at(j+1) == "CONFLICT")):
			end = true
		case st[j].text == "SELECT" && values >= 0 && !end:
			return []string{"a sub-select inside VALUES: find the value first, or write INSERT … SELECT"}
		}
	}
	if values < 0 && !end {
		return []string{"INSERT … SELECT without ON CONFLICT or RETURNING at its end"}
	}
	return nil
}

// schemaRules: how tables may be tied to one another.
func (s *schema) schemaRules(st statement) (problems []string) {
	say := func(format string, a ...any) { problems = append(problems, fmt.Sprintf(format, a...)) }
	if st.at(0) == "CREATE" {
		for i := 1; i < min(len(st), 5); i++ {
			if st[i].text == "TRIGGER" {
				say("a trigger")
			}
		}
	}
	creates := st.at(0) == "CREATE" && st.at(1) == "TABLE" && st.has("ORGANISATION_ID")
	for i, t := range st {
		switch t.text {
		case "FOREIGN":
			if st.at(i+1) == "KEY" && st.at(i+3) != "ORGANISATION_ID" {
				say("a foreign key whose first column is not organisation_id")
			}
		case "REFERENCES":
			target := strings.ToLower(st.at(i + 1))
			if creates {
				say("a foreign key inside CREATE TABLE: add it after distribute()")
			}
			if s.tenant[target] && st.at(i+3) != "ORGANISATION_ID" {
				say("a foreign key to %s that does not begin with organisation_id", target)
			}
			if s.tenant[target] {
				for j := i; j < min(len(st), i+14) && (st[j].text != "," || st[j].depth > t.depth); j++ {
					if st[j].text == "ON" && (st.at(j+1) == "UPDATE" || (st.at(j+1) == "DELETE" && st.at(j+2) != "CASCADE")) {
						say("a foreign key with ON %s %s: only ON DELETE CASCADE or nothing", st.at(j+1), st.at(j+2))
					}
				}
			}
		}
	}
	return problems
}
