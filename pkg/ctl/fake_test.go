package ctl

import (
	"context"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"

	"supervisord/pkg/api"
	"supervisord/pkg/xmlrpc"
)

// answers says what a supervisord answers: by the method and its arguments, or
// by the method alone. An error is what the call ends with; a turns gives one
// after the other and then the last for ever.
type answers map[string]any

type turns []any

// fake is a supervisord that gives canned answers. A call for which there is
// none is an error that no golden text contains.
type fake struct {
	mu      sync.Mutex
	answers answers
	used    map[string]int // calls by key of answers
	calls   []string
	logins  []string
	pages   map[string]page // by path; missing is 404
	closed  bool
}

var _ Client = (*fake)(nil)

// take returns the answer to a call.
func (f *fake) take(method string, args ...any) any {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := strings.TrimSuffix(fmt.Sprintln(append([]any{method}, args...)...), "\n")
	f.calls = append(f.calls, key)
	v, ok := f.answers[key]
	if !ok {
		key = method
		v, ok = f.answers[key]
	}
	if f.used == nil {
		f.used = map[string]int{}
	}
	n := f.used[key]
	f.used[key]++
	switch {
	case ok:
	case method == "getVersion":
		v = apiVersion
	default:
		return fmt.Errorf("unexpected call %s", f.calls[len(f.calls)-1])
	}
	if t, ok := v.(turns); ok {
		v = t[min(n, len(t)-1)]
	}
	return v
}

// as makes an answer the result of a method.
func as[T any](v any) (T, error) {
	var none T
	switch v := v.(type) {
	case error:
		return none, v
	case T:
		return v, nil
	}
	return none, fmt.Errorf("canned answer is a %T, not a %v", v, reflect.TypeFor[T]())
}

func (f *fake) GetAPIVersion(context.Context) (string, error) {
	return as[string](f.take("getVersion"))
}
func (f *fake) GetSupervisorVersion(context.Context) (string, error) {
	return as[string](f.take("getSupervisorVersion"))
}
func (f *fake) GetIdentification(context.Context) (string, error) {
	return as[string](f.take("getIdentification"))
}
func (f *fake) GetState(context.Context) (api.StateInfo, error) {
	return as[api.StateInfo](f.take("getState"))
}
func (f *fake) GetPID(context.Context) (int, error) { return as[int](f.take("getPID")) }
func (f *fake) ReadLog(_ context.Context, offset, length int) (string, error) {
	return as[string](f.take("readLog", offset, length))
}
func (f *fake) ClearLog(context.Context) (bool, error) { return as[bool](f.take("clearLog")) }
func (f *fake) Shutdown(context.Context) (bool, error) { return as[bool](f.take("shutdown")) }
func (f *fake) Restart(context.Context) (bool, error)  { return as[bool](f.take("restart")) }
func (f *fake) ReloadConfig(context.Context) ([]api.Changes, error) {
	return as[[]api.Changes](f.take("reloadConfig"))
}
func (f *fake) AddProcessGroup(_ context.Context, name string) (bool, error) {
	return as[bool](f.take("addProcessGroup", name))
}
func (f *fake) RemoveProcessGroup(_ context.Context, name string) (bool, error) {
	return as[bool](f.take("removeProcessGroup", name))
}
func (f *fake) StartProcess(_ context.Context, name string, wait bool) (any, error) {
	return as[any](f.take("startProcess", name))
}
func (f *fake) StartProcessGroup(_ context.Context, name string, wait bool) ([]api.Result, error) {
	return as[[]api.Result](f.take("startProcessGroup", name))
}
func (f *fake) StartAllProcesses(_ context.Context, wait bool) ([]api.Result, error) {
	return as[[]api.Result](f.take("startAllProcesses"))
}
func (f *fake) StopProcess(_ context.Context, name string, wait bool) (any, error) {
	return as[any](f.take("stopProcess", name))
}
func (f *fake) StopProcessGroup(_ context.Context, name string, wait bool) ([]api.Result, error) {
	return as[[]api.Result](f.take("stopProcessGroup", name))
}
func (f *fake) StopAllProcesses(_ context.Context, wait bool) ([]api.Result, error) {
	return as[[]api.Result](f.take("stopAllProcesses"))
}
func (f *fake) SignalProcess(_ context.Context, name string, signal api.Signal) (any, error) {
	return as[any](f.take("signalProcess", name, signal))
}
func (f *fake) SignalProcessGroup(_ context.Context, name string, signal api.Signal) ([]api.Result, error) {
	return as[[]api.Result](f.take("signalProcessGroup", name, signal))
}
func (f *fake) SignalAllProcesses(_ context.Context, signal api.Signal) ([]api.Result, error) {
	return as[[]api.Result](f.take("signalAllProcesses", signal))
}
func (f *fake) GetProcessInfo(_ context.Context, name string) (api.ProcessInfo, error) {
	return as[api.ProcessInfo](f.take("getProcessInfo", name))
}
func (f *fake) GetAllProcessInfo(context.Context) ([]api.ProcessInfo, error) {
	return as[[]api.ProcessInfo](f.take("getAllProcessInfo"))
}
func (f *fake) GetAllConfigInfo(context.Context) ([]api.ConfigInfo, error) {
	return as[[]api.ConfigInfo](f.take("getAllConfigInfo"))
}
func (f *fake) SendProcessStdin(_ context.Context, name string, chars api.Chars) (bool, error) {
	return as[bool](f.take("sendProcessStdin", name, strings.TrimSuffix(string(chars), "\n")))
}
func (f *fake) SendRemoteCommEvent(_ context.Context, typ, data string) (bool, error) {
	return as[bool](f.take("sendRemoteCommEvent", typ, data))
}
func (f *fake) ReadProcessStdoutLog(_ context.Context, name string, offset, length int) (string, error) {
	return as[string](f.take("readProcessStdoutLog", name, offset, length))
}
func (f *fake) ReadProcessStderrLog(_ context.Context, name string, offset, length int) (string, error) {
	return as[string](f.take("readProcessStderrLog", name, offset, length))
}
func (f *fake) TailProcessStdoutLog(_ context.Context, name string, offset, length int) (api.Tail, error) {
	return as[api.Tail](f.take("tailProcessStdoutLog", name, offset, length))
}
func (f *fake) TailProcessStderrLog(_ context.Context, name string, offset, length int) (api.Tail, error) {
	return as[api.Tail](f.take("tailProcessStderrLog", name, offset, length))
}
func (f *fake) ClearProcessLogs(_ context.Context, name string) (bool, error) {
	return as[bool](f.take("clearProcessLogs", name))
}
func (f *fake) ClearAllProcessLogs(context.Context) ([]api.Result, error) {
	return as[[]api.Result](f.take("clearAllProcessLogs"))
}

// Get streams a page. One that stays open ends with the context.
func (f *fake) Get(ctx context.Context, path string) (int, io.ReadCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, "GET "+path)
	if err, ok := f.answers["GET"].(error); ok {
		return 0, nil, err
	}
	p, ok := f.pages[path]
	if !ok {
		return 404, io.NopCloser(strings.NewReader("")), nil
	}
	reader, writer := io.Pipe()
	go func() {
		io.WriteString(writer, p.text)
		if !p.open {
			writer.Close()
		}
	}()
	context.AfterFunc(ctx, func() { writer.CloseWithError(ctx.Err()) })
	return 200, reader, nil
}

// page is a log that is streamed.
type page struct {
	text string
	open bool // more may come
}

func (f *fake) SetCredentials(username, password string) {
	f.logins = append(f.logins, username+":"+password)
}

func (f *fake) Close() error {
	f.closed = true
	return nil
}

// wire returns an answer in a form that JSON carries to the oracle: structs
// under their names on the wire, errors marked by their kind.
func wire(v any) any {
	switch v := v.(type) {
	case *api.Fault:
		return map[string]any{"fault": []any{int(v.Code), v.Text}}
	case syscall.Errno:
		return map[string]any{"errno": int(v), "text": errnoText(v)}
	case *xmlrpc.StatusError:
		return map[string]any{"http": []any{v.Code, reason(v)}}
	case turns:
		all := make([]any, len(v))
		for i := range v {
			all[i] = wire(v[i])
		}
		return map[string]any{"turns": all}
	}
	return map[string]any{"value": wireValue(reflect.ValueOf(v))}
}

func wireValue(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Slice:
		all := make([]any, v.Len())
		for i := range all {
			all[i] = wireValue(v.Index(i))
		}
		return all
	case reflect.Struct:
		named, list := map[string]any{}, []any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			if tag := f.Tag.Get("xmlrpc"); tag != "" {
				named[tag] = wireValue(v.Field(i))
			} else {
				list = append(list, wireValue(v.Field(i)))
			}
		}
		if len(list) > 0 {
			return list
		}
		return named
	case reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return wireValue(v.Elem())
	}
	return v.Interface()
}

// streamsAsked returns the streams that were asked for, sorted, for those of fg
// have no order.
func (f *fake) streamsAsked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var asked []string
	for _, call := range f.calls {
		if strings.HasPrefix(call, "GET ") {
			asked = append(asked, call)
		}
	}
	slices.Sort(asked)
	return asked
}

// with returns answers that have more of them.
func (a answers) with(more answers) answers {
	all := maps.Clone(a)
	maps.Copy(all, more)
	return all
}
