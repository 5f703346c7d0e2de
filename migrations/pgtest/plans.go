package pgtest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Plan is what a statement did, as auto_explain tells it once the statement has ended.
type Plan struct {
	Statement string
	Visited   float64 // rows that its nodes gave or threw away, over all loops: what it cost, whatever the machine
}

// Explained makes a database that writes down the plan of every statement, and a function that gives the plans of the statements
// that ended since it was called last. The plans of functions' statements are among them.
func Explained(t testing.TB) (*DB, func() []Plan) {
	t.Helper()
	db := New(t)
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range []string{
		"session_preload_libraries = 'auto_explain'", "auto_explain.log_min_duration = 0", "auto_explain.log_analyze = on",
		"auto_explain.log_timing = off",
		"auto_explain.log_format = 'json'", "auto_explain.log_nested_statements = on",
	} {
		if _, err := s.admin.ExecContext(context.Background(), `ALTER DATABASE `+db.name+` SET `+setting); err != nil {
			t.Fatalf("plans of statements need auto_explain, of PostgreSQL's contributed modules: %v", err)
		}
	}
	log, err := os.Open(filepath.Join(s.dir, "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	if _, err := log.Seek(0, 2); err != nil {
		t.Fatal(err)
	}
	var rest string
	return db, func() []Plan {
		t.Helper()
		var b strings.Builder
		b.WriteString(rest)
		buffer := make([]byte, 1<<16)
		for {
			n, err := log.Read(buffer)
			b.Write(buffer[:n])
			if err != nil { // the end, for now
				break
			}
		}
		var plans []Plan
		var problem error
		plans, rest, problem = readPlans(b.String())
		if problem != nil {
			t.Fatal(problem)
		}
		return plans
	}
}

// readPlans reads the plans in a log, and gives what may be the beginning of another.
func readPlans(log string) (plans []Plan, rest string, err error) {
	const begins, ends = "plan:\n\t{", "\n\t}\n"
	for {
		at := strings.Index(log, begins)
		if at < 0 {
			return plans, log[max(0, len(log)-len(begins)):], nil
		}
		end := strings.Index(log[at:], ends)
		if end < 0 {
			return plans, log[at:], nil
		}
		var entry struct {
			Query string `json:"Query Text"`
			Plan  node
		}
		if err := json.Unmarshal([]byte(log[at+len(begins)-1:at+end+len(ends)]), &entry); err != nil {
			return plans, "", fmt.Errorf("reading a plan: %w", err)
		}
		plans = append(plans, Plan{Statement: entry.Query, Visited: entry.Plan.visited()})
		log = log[at+end+len(ends):]
	}
}

type node struct {
	Rows     float64 `json:"Actual Rows"`
	Loops    float64 `json:"Actual Loops"`
	Filtered float64 `json:"Rows Removed by Filter"`
	Joined   float64 `json:"Rows Removed by Join Filter"`
	Checked  float64 `json:"Rows Removed by Index Recheck"`
	Plans    []node
}

func (n node) visited() float64 {
	sum := n.Loops * (n.Rows + n.Filtered + n.Joined + n.Checked)
	for _, part := range n.Plans {
		sum += part.visited()
	}
	return sum
}
