package attack

import (
	"math/rand/v2"
	"reflect"
	"runtime"
	"sync"
	"testing"
)

// With work in place of time, a machine that is busy with other things finds exactly what an idle one does: also where the
// work does not suffice.
func TestABusyMachineFindsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	var tables []Table
	for range 30 {
		table, _ := protected(r, shape(r), scale(5, 4, 3, 2, 1), 30)
		tables = append(tables, table)
	}
	o := Options{Exact: true, Work: 200_000}
	idle := make([]Report, len(tables))
	unknown := 0
	for i, table := range tables {
		idle[i] = Attack([]Table{table}, o)
		unknown += idle[i].Unknown
	}
	if unknown == 0 {
		t.Fatal("the work suffices for everything: this test shows nothing")
	}
	var busy sync.WaitGroup
	for range 4 * runtime.GOMAXPROCS(0) {
		busy.Go(func() {
			for i, table := range tables {
				if got := Attack([]Table{table}, o); !reflect.DeepEqual(got, idle[i]) {
					t.Errorf("table %d: %s, and on an idle machine %s", i, got, idle[i])
				}
			}
		})
	}
	busy.Wait()
}

// A search ends soon after it has done its work, and does all of it where there is more to find.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 4))
	used := map[int64]int64{}
	for range 25 {
		table, _ := protected(r, shape(r), scale(5, 4, 3, 2, 1), 30)
		for _, work := range []int64{1, 2_000_000, 10_000_000} {
			o := Options{Exact: true, Work: work}.filled()
			m, err := build([]Table{table}, o)
			if err != nil {
				t.Fatal(err)
			}
			s, possible := m.reduce()
			if !possible {
				t.Fatal("a table that is cannot be")
			}
			s.effort, s.deadline = o.begin()
			if s.start(o) {
				for i := range m.targets {
					s.bound(i, o)
				}
			}
			spent := s.effort.now()
			used[work] = max(used[work], spent)
			if spent > work+20_000_000 {
				t.Errorf("of %d units %d were spent", work, spent)
			}
		}
	}
	if used[10_000_000] < 8_000_000 || used[2_000_000] >= used[10_000_000] {
		t.Errorf("the work that was spent at most, by what was allowed: %v", used)
	}
}
