package xmlrpc

import (
	"fmt"
	"testing"

	"supervisord/pkg/api"
)

// listing is an answer of getAllProcessInfo.
func listing(n int) []api.ProcessInfo {
	infos := make([]api.ProcessInfo, n)
	for i := range infos {
		infos[i] = api.ProcessInfo{
			Name: fmt.Sprintf("worker_%03d", i), Group: "worker", Start: 1_700_000_000, Now: 1_700_003_600,
			State: api.Running, StateName: "RUNNING", PID: 10_000 + i,
			Logfile:       fmt.Sprintf("/var/log/app/worker_%03d.log", i),
			StdoutLogfile: fmt.Sprintf("/var/log/app/worker_%03d.log", i),
			StderrLogfile: fmt.Sprintf("/var/log/app/worker_%03d.err", i),
			Description:   fmt.Sprintf("pid %d, uptime 1:00:00", 10_000+i),
		}
	}
	return infos
}

func BenchmarkAppendListing(b *testing.B) {
	infos := listing(1000)
	dst, _ := AppendResponse(nil, infos)
	b.SetBytes(int64(len(dst)))
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = AppendResponse(dst[:0], infos)
	}
}

// What supervisorctl status does with its answer.
func BenchmarkReadListing(b *testing.B) {
	body, _ := AppendResponse(nil, listing(1000))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var infos []api.ProcessInfo
		v, err := parseAnswer(body, listedIn(&infos))
		if err == nil {
			err = Decode(v, &infos)
		}
		if err != nil || len(infos) != 1000 {
			b.Fatal(len(infos), err)
		}
	}
}

func BenchmarkParseListing(b *testing.B) {
	body, _ := AppendResponse(nil, listing(1000))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseResponse(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseCall(b *testing.B) {
	body, _ := AppendCall(nil, "supervisor.startProcess", "group:name", true)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := ParseCall(body); err != nil {
			b.Fatal(err)
		}
	}
}
