package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var importNumber = regexp.MustCompile(`(?m)^(\d+) `)

// TestAnImportIsTriedUndoneAndRedone plays an officer who sees after an import that the old tool counted its scale the other way round.
func TestAnImportIsTriedUndoneAndRedone(t *testing.T) {
	t.Parallel()
	k := newKeyboard(t)
	k.does("organisation add riverton --name Riverton --link-prefix RVT").ok()
	k.does("catalogue import " + k.file("c.csv", riverton) + " --organisation riverton").ok()
	k.does("survey import " + k.file("s.yaml", ownSurvey) + " --organisation riverton --publish").ok()
	const header = "id,when,channel,service,rating,reason,topics,words,sex\n"
	answers := k.file("a.csv", header+"1,2026-03-05,web,waste,1,delay,bins;roads,Thank "+
		"you,female\n2,2026-03-06,web,waste,2,,bins,,male\n3,2026-03-07,web,waste,5,,,,\n")
	wrong := k.file("wrong.yaml", answersMap)
	right := k.file("right.yaml",
		strings.Replace(answersMap, "rating: rating", `rating: {column: rating, values: {1: "5", 2: "4", 3: "3", 4: "2", 5: "1"}}`, 1))
	command := "responses import " + answers + " --organisation riverton --survey counter --map "
	k.does("responses imports --organisation riverton").says("There are no imports.\n")

	tried := k.does(command + wrong + " --dry-run").ok()
	for _, says := range []string{"Read 3 rows: 3 would be stored, 0 stored before",
		"Answered from 5 March 2026, 00:00 to 7 March 2026, 00:00", "satisfied 1 of 3 33.3 %", "Nothing was stored.", "sex: "} {
		if !strings.Contains(strings.Join(strings.Fields(tried), " "), says) {
			t.Errorf("the dry run does not say %q:\n%s", says, tried)
		}
	}
	if strings.Contains(tried, "female") {
		t.Errorf("the dry run shows equality answers:\n%s", tried)
	}
	k.does("responses imports --organisation riverton").says("There are no imports.\n")

	k.does(command + wrong).says("Read 3 rows: 3 stored, 0 stored before, 0 left out, 0 refused.\n")
	k.does(command + wrong).says("Read 3 rows: 0 stored, 3 stored before, 0 left out, 0 refused.\n")
	other := k.does(command + right)
	if other.code != exitFailed || other.out != "Read 3 rows: 0 stored, 0 stored before, 0 left out, 0 refused, 3 in conflict with "+
		"what was stored before.\n" {
		t.Errorf("%d %q", other.code, other.out)
	}
	for _, says := range []string{`row_id: {column: ID, prefix: "2026-11 "}`, "yousaid responses imports --organisation riverton",
		"a.refused.csv"} {
		if !strings.Contains(other.errs, says) {
			t.Errorf("the conflict does not say %q: %s", says, other.errs)
		}
	}
	if list, err := os.ReadFile(filepath.Join(k.dir, "a.refused.csv")); err != nil || strings.Count(string(list),
		"this row was stored before with other answers (rating) by import ") != 3 {
		t.Errorf("%s %v", list, err)
	}
	if tried := k.does(command + right + " --dry-run"); !strings.Contains(tried.errs, "Undo that one first: yousaid responses undo ") {
		t.Errorf("%s", tried.errs)
	}

	list := k.does("responses imports --organisation riverton --survey counter").ok()
	numbers := importNumber.FindAllStringSubmatch(list, -1)
	if len(numbers) != 3 || !strings.Contains(list, "a.csv") {
		t.Fatalf("the list: %s", list)
	}
	first := numbers[2][1]
	undo := "responses undo " + first + " --organisation riverton"
	k.does(undo).fails(exitUsage, "this withdraws 3 answers of the survey counter")
	k.does(undo + " --yes").says("Import " + first + " of the survey counter is undone: 3 answers are withdrawn. Its file can be " +
		"imported again.\n")
	k.does(undo + " --yes").says("Import " + first + " of the survey counter is undone: 3 answers are withdrawn. Its file can be " +
		"imported again.\n")
	k.does("responses undo 1 --organisation riverton --yes").fails(exitFailed, "there is no import with this number in riverton")
	k.does(command + right).says("Read 3 rows: 3 stored, 0 stored before, 0 left out, 0 refused.\n")
	if out := k.does("table --organisation riverton --survey counter --measure rating --format json --out -").ok(); !strings.Contains(
		out, `"n":3,"mean":3.33`) {
		t.Errorf("the figures after the second import: %s", out)
	}
	if _, err := os.Stat(filepath.Join(k.dir, "a.refused.csv")); err == nil {
		t.Error("the list of conflicts stayed after an import without any")
	}
}

// TestOutDoesNotOverwrite: a file of the same name stays as it is unless --overwrite is said.
func TestOutDoesNotOverwrite(t *testing.T) {
	t.Parallel()
	k := newKeyboard(t)
	k.does("organisation add riverton --name Riverton --link-prefix RVT").ok()
	k.does("catalogue import " + k.file("c.csv", riverton) + " --organisation riverton").ok()
	k.does("survey import " + k.file("s.yaml", ownSurvey) + " --organisation riverton --publish").ok()
	k.does("responses import " + k.file("a.csv", "id,when,channel,service,rating,reason,topics,words,sex\n1,2026-03-05,web,waste,1,,,,\n") +
		" --organisation riverton --survey counter --map " + k.file("m.yaml", answersMap)).ok()
	mine := k.file("mine.csv", "my own notes\n")
	table := "table --organisation riverton --survey counter --measure rating --format csv --out " + mine
	k.does(table).fails(exitFailed, "this file is there already, and was left as it is. Give another name, or add --overwrite")
	if b, err := os.ReadFile(mine); err != nil || string(b) != "my own notes\n" {
		t.Errorf("%s %v", b, err)
	}
	k.does(table + " --overwrite").ok()
	if b, err := os.ReadFile(mine); err != nil || !strings.HasPrefix(string(b), "\ufeff") {
		t.Errorf("%q %v", b, err)
	}
	fresh := filepath.Join(k.dir, "fresh.csv")
	k.does(strings.Replace(table, mine, fresh, 1)).ok()
	if _, err := os.Stat(fresh); err != nil {
		t.Error(err)
	}
	left, err := filepath.Glob(filepath.Join(k.dir, ".yousaid-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left beside the file: %v", left)
	}
}
