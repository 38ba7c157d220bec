//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// machine is what the figures were measured on.
type machine struct {
	Time   string `json:"time"`
	Kernel string `json:"kernel"`
	CPU    string `json:"cpu"`
	CPUs   int    `json:"cpus"`
	Memory int64  `json:"memory_mib"`
	Disk   string `json:"logs_on"`
	Load   string `json:"load_before"`
}

// thisMachine describes it; what cannot be read is left empty.
func thisMachine(dir string) machine {
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	load, _ := os.ReadFile("/proc/loadavg")
	memory, _ := fields("/proc/meminfo")
	disk := "a disk"
	if _, inMemory, err := filesystem(dir); err == nil && inMemory {
		disk = "memory (tmpfs)"
	}
	return machine{
		Time: time.Now().UTC().Format(time.RFC3339), Kernel: strings.TrimSpace(string(kernel)),
		CPU: cpuModel(), CPUs: runtime.NumCPU(), Memory: memory["MemTotal"] / 1024, Disk: disk,
		Load: strings.Join(strings.Fields(string(load))[:min(3, len(strings.Fields(string(load))))], " "),
	}
}

func cpuModel() string {
	info, _ := os.ReadFile("/proc/cpuinfo") // without it the model is unknown
	for line := range strings.Lines(string(info)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func (m machine) String() string {
	return fmt.Sprintf("%s: %d × %s, %d MiB, Linux %s; logs on %s; load before: %s",
		m.Time[:10], m.CPUs, m.CPU, m.Memory, m.Kernel, m.Disk, m.Load)
}

// filesystem tells how much room there is at a path, and whether it is memory.
func filesystem(path string) (free int64, inMemory bool, err error) {
	var info syscall.Statfs_t
	if err := syscall.Statfs(path, &info); err != nil {
		return 0, false, &os.PathError{Op: "statfs", Path: path, Err: err}
	}
	const tmpfs, ramfs = 0x01021994, 0x858458f6
	kind := int64(info.Type)
	return int64(info.Bavail) * info.Bsize, kind == tmpfs || kind == ramfs, nil
}

// figure is the JSON of one row and one peer.
type figure struct {
	Value   float64   `json:"value"`
	Rounds  []float64 `json:"rounds"`
	Samples int       `json:"samples"`
}

// verdict is the JSON of a goal.
type verdict struct {
	Goal  string `json:"goal"`
	Met   bool   `json:"met"`
	Known bool   `json:"measured"`
}

// jsonRow is the JSON of a row.
type jsonRow struct {
	Name     string            `json:"name"`
	Unit     string            `json:"unit"`
	Quantile float64           `json:"quantile"`
	Rate     bool              `json:"more_is_better"`
	Peers    map[string]figure `json:"peers"`
	Goals    []verdict         `json:"goals,omitempty"`
}

// json is all that was found out.
func (t *table) json(m machine, peers []string, rounds int) ([]byte, error) {
	var rows []jsonRow
	for _, r := range t.rows {
		row := jsonRow{r.name, r.unit, r.quantile, r.rate, map[string]figure{}, nil}
		for _, peer := range peers {
			if v, ok := r.value(peer); ok {
				count := 0
				for _, samples := range r.samples[peer] {
					count += len(samples)
				}
				row.Peers[peer] = figure{v, r.rounds(peer), count}
			}
		}
		for _, g := range goalsOf(r.name) {
			met, known := g.met(r)
			row.Goals = append(row.Goals, verdict{g.text(r.unit), met, known})
		}
		rows = append(rows, row)
	}
	type line struct {
		Measure string  `json:"measure"`
		Unit    string  `json:"unit"`
		Points  int     `json:"points"`
		Offset  float64 `json:"offset"`
		Slope   float64 `json:"slope_per_program"`
		R2      float64 `json:"r_squared"`
	}
	var fits []line
	for _, f := range t.fits() {
		fits = append(fits, line{f.measure, f.unit, f.points, f.fit.offset, f.fit.slope, f.fit.r2})
	}
	data, err := json.MarshalIndent(map[string]any{
		"machine": m, "rounds": rounds, "peers": peers, "rows": rows, "fits": fits, "notes": t.notes,
	}, "", "\t")
	return append(data, '\n'), err
}

// save writes the figures of a day and the plots of the last run into a folder.
func (t *table) save(dir string, m machine, peers []string, rounds int) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "# Figures of %s\n\n%s.\n\nMade by `scripts/bench -save`, %d rounds; [README.md](README.md) says what the rows mean.\n\n",
		m.Time[:10], m, rounds)
	t.print(&text, peers)
	data, err := t.json(m, peers, rounds)
	if err != nil {
		return err
	}
	files := map[string][]byte{m.Time[:10] + ".md": text.Bytes(), m.Time[:10] + ".json": data}
	for _, plot := range t.plots(m, peers) {
		files[plot.file] = plot.svg()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
