package xmlrpc

import (
	"context"
	"fmt"

	"supervisord/pkg/api"
)

// ask calls a method of the namespace "supervisor" and reads its value.
func ask[T any](ctx context.Context, c *Client, method string, params ...any) (value T, err error) {
	answer, err := c.call(ctx, listedIn(&value), "supervisor."+method, params)
	if err == nil {
		err = understand(method, answer, &value)
	}
	return value, err
}

// understand is Decode with the method in its error.
func understand(method string, answer, into any) error {
	if err := Decode(answer, into); err != nil {
		return fmt.Errorf("supervisor.%s: %w", method, err)
	}
	return nil
}

// either calls a method that answers true for one process and results for a
// group.
func either(ctx context.Context, c *Client, method string, params ...any) (any, error) {
	answer, err := c.Call(ctx, "supervisor."+method, params...)
	if _, list := answer.([]any); err != nil || !list {
		return answer, err
	}
	var results []api.Result
	err = understand(method, answer, &results)
	return results, err
}

// GetAPIVersion calls supervisor.getAPIVersion.
func (c *Client) GetAPIVersion(ctx context.Context) (string, error) {
	return ask[string](ctx, c, "getAPIVersion")
}

// GetSupervisorVersion calls supervisor.getSupervisorVersion.
func (c *Client) GetSupervisorVersion(ctx context.Context) (string, error) {
	return ask[string](ctx, c, "getSupervisorVersion")
}

// GetIdentification calls supervisor.getIdentification.
func (c *Client) GetIdentification(ctx context.Context) (string, error) {
	return ask[string](ctx, c, "getIdentification")
}

// GetState calls supervisor.getState.
func (c *Client) GetState(ctx context.Context) (api.StateInfo, error) {
	return ask[api.StateInfo](ctx, c, "getState")
}

// GetPID calls supervisor.getPID.
func (c *Client) GetPID(ctx context.Context) (int, error) {
	return ask[int](ctx, c, "getPID")
}

// ReadLog calls supervisor.readLog.
func (c *Client) ReadLog(ctx context.Context, offset, length int) (string, error) {
	return ask[string](ctx, c, "readLog", offset, length)
}

// ClearLog calls supervisor.clearLog.
func (c *Client) ClearLog(ctx context.Context) (bool, error) {
	return ask[bool](ctx, c, "clearLog")
}

// Shutdown calls supervisor.shutdown.
func (c *Client) Shutdown(ctx context.Context) (bool, error) {
	return ask[bool](ctx, c, "shutdown")
}

// Restart calls supervisor.restart.
func (c *Client) Restart(ctx context.Context) (bool, error) {
	return ask[bool](ctx, c, "restart")
}

// ReloadConfig calls supervisor.reloadConfig.
func (c *Client) ReloadConfig(ctx context.Context) ([]api.Changes, error) {
	return ask[[]api.Changes](ctx, c, "reloadConfig")
}

// AddProcessGroup calls supervisor.addProcessGroup.
func (c *Client) AddProcessGroup(ctx context.Context, name string) (bool, error) {
	return ask[bool](ctx, c, "addProcessGroup", name)
}

// RemoveProcessGroup calls supervisor.removeProcessGroup.
func (c *Client) RemoveProcessGroup(ctx context.Context, name string) (bool, error) {
	return ask[bool](ctx, c, "removeProcessGroup", name)
}

// StartProcess calls supervisor.startProcess.
func (c *Client) StartProcess(ctx context.Context, name string, wait bool) (any, error) {
	return either(ctx, c, "startProcess", name, wait)
}

// StartProcessGroup calls supervisor.startProcessGroup.
func (c *Client) StartProcessGroup(ctx context.Context, name string, wait bool) ([]api.Result, error) {
	return ask[[]api.Result](ctx, c, "startProcessGroup", name, wait)
}

// StartAllProcesses calls supervisor.startAllProcesses.
func (c *Client) StartAllProcesses(ctx context.Context, wait bool) ([]api.Result, error) {
	return ask[[]api.Result](ctx, c, "startAllProcesses", wait)
}

// StopProcess calls supervisor.stopProcess.
func (c *Client) StopProcess(ctx context.Context, name string, wait bool) (any, error) {
	return either(ctx, c, "stopProcess", name, wait)
}

// StopProcessGroup calls supervisor.stopProcessGroup.
func (c *Client) StopProcessGroup(ctx context.Context, name string, wait bool) ([]api.Result, error) {
	return ask[[]api.Result](ctx, c, "stopProcessGroup", name, wait)
}

// StopAllProcesses calls supervisor.stopAllProcesses.
func (c *Client) StopAllProcesses(ctx context.Context, wait bool) ([]api.Result, error) {
	return ask[[]api.Result](ctx, c, "stopAllProcesses", wait)
}

// SignalProcess calls supervisor.signalProcess.
func (c *Client) SignalProcess(ctx context.Context, name string, signal api.Signal) (any, error) {
	return either(ctx, c, "signalProcess", name, string(signal))
}

// SignalProcessGroup calls supervisor.signalProcessGroup.
func (c *Client) SignalProcessGroup(ctx context.Context, name string, signal api.Signal) ([]api.Result, error) {
	return ask[[]api.Result](ctx, c, "signalProcessGroup", name, string(signal))
}

// SignalAllProcesses calls supervisor.signalAllProcesses.
func (c *Client) SignalAllProcesses(ctx context.Context, signal api.Signal) ([]api.Result, error) {
	return ask[[]api.Result](ctx, c, "signalAllProcesses", string(signal))
}

// GetProcessInfo calls supervisor.getProcessInfo.
func (c *Client) GetProcessInfo(ctx context.Context, name string) (api.ProcessInfo, error) {
	return ask[api.ProcessInfo](ctx, c, "getProcessInfo", name)
}

// GetAllProcessInfo calls supervisor.getAllProcessInfo.
func (c *Client) GetAllProcessInfo(ctx context.Context) ([]api.ProcessInfo, error) {
	return ask[[]api.ProcessInfo](ctx, c, "getAllProcessInfo")
}

// GetAllConfigInfo calls supervisor.getAllConfigInfo.
func (c *Client) GetAllConfigInfo(ctx context.Context) ([]api.ConfigInfo, error) {
	return ask[[]api.ConfigInfo](ctx, c, "getAllConfigInfo")
}

// SendProcessStdin calls supervisor.sendProcessStdin.
func (c *Client) SendProcessStdin(ctx context.Context, name string, chars api.Chars) (bool, error) {
	return ask[bool](ctx, c, "sendProcessStdin", name, string(chars))
}

// SendRemoteCommEvent calls supervisor.sendRemoteCommEvent.
func (c *Client) SendRemoteCommEvent(ctx context.Context, typ, data string) (bool, error) {
	return ask[bool](ctx, c, "sendRemoteCommEvent", typ, data)
}

// ReadProcessStdoutLog calls supervisor.readProcessStdoutLog.
func (c *Client) ReadProcessStdoutLog(ctx context.Context, name string, offset, length int) (string, error) {
	return ask[string](ctx, c, "readProcessStdoutLog", name, offset, length)
}

// ReadProcessStderrLog calls supervisor.readProcessStderrLog.
func (c *Client) ReadProcessStderrLog(ctx context.Context, name string, offset, length int) (string, error) {
	return ask[string](ctx, c, "readProcessStderrLog", name, offset, length)
}

// TailProcessStdoutLog calls supervisor.tailProcessStdoutLog.
func (c *Client) TailProcessStdoutLog(ctx context.Context, name string, offset, length int) (api.Tail, error) {
	return ask[api.Tail](ctx, c, "tailProcessStdoutLog", name, offset, length)
}

// TailProcessStderrLog calls supervisor.tailProcessStderrLog.
func (c *Client) TailProcessStderrLog(ctx context.Context, name string, offset, length int) (api.Tail, error) {
	return ask[api.Tail](ctx, c, "tailProcessStderrLog", name, offset, length)
}

// ClearProcessLogs calls supervisor.clearProcessLogs.
func (c *Client) ClearProcessLogs(ctx context.Context, name string) (bool, error) {
	return ask[bool](ctx, c, "clearProcessLogs", name)
}

// ClearAllProcessLogs calls supervisor.clearAllProcessLogs.
func (c *Client) ClearAllProcessLogs(ctx context.Context) ([]api.Result, error) {
	return ask[[]api.Result](ctx, c, "clearAllProcessLogs")
}
