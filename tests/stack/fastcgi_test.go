package stack

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// fcgiSite is nginx before a FastCGI program of three processes, whose socket
// nginx's own workers may use.
const fcgiSite = `[fcgi-program:app]
command=CHILD fastcgi
numprocs=3
process_name=app_%(process_num)d
socket=unix://%(here)s/app.sock
socket_mode=0666
priority=1

[program:nginx]
command=nginx -c %(here)s/nginx.conf -e stderr -g "daemon off;"
stopsignal=QUIT
environment=PATH="/usr/sbin:/usr/bin:/sbin:/bin"
`

const fcgiNginx = `pid DIR/nginx.pid;
events {
    worker_connections 64;
}
http {
    access_log off;
    client_body_temp_path DIR/body;
    fastcgi_temp_path DIR/fastcgi;
    proxy_temp_path DIR/proxy;
    scgi_temp_path DIR/scgi;
    uwsgi_temp_path DIR/uwsgi;
    server {
        listen 127.0.0.1:PORT;
        location / {
            include /etc/nginx/fastcgi_params;
            fastcgi_param HTTP_HOST $host;
            fastcgi_pass unix:DIR/app.sock;
        }
    }
}
`

// TestFastCGI runs nginx before a FastCGI program: every page is answered while
// the processes of the program are restarted one by one, and with a new
// configuration of their socket.
func TestFastCGI(t *testing.T) {
	t.Parallel()
	harness.Need(t, "nginx")
	d := harness.New(t)
	url := fmt.Sprintf("http://127.0.0.1:%d/", harness.FreePorts(t, 1)[0])
	port := strings.Trim(url[strings.LastIndex(url, ":"):], ":/")
	d.Write("nginx.conf", strings.NewReplacer("DIR", d.Dir, "PORT", port).Replace(fcgiNginx))
	config := strings.ReplaceAll(fcgiSite, "CHILD", harness.Child())
	d.Configure(config)
	d.Start()
	d.AwaitAll("RUNNING")
	page := func() string {
		return harness.AwaitPage(t, url, 200, func(body string) bool { return strings.HasPrefix(body, "served by ") })
	}
	page()

	stop, failed := make(chan struct{}), make(chan error, 1)
	go func() { failed <- surf(url, stop) }()
	for _, name := range []string{"app:app_0", "app:app_1", "app:app_2"} {
		d.Ctl("restart", name).Want(t, 0, name+": stopped\n"+name+": started\n")
	}
	close(stop)
	if err := <-failed; err != nil {
		t.Errorf("while one after another was restarted: %v", err)
	}

	old := d.PidOf("app:app_0")
	if err := harness.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	d.AwaitNewPid("app:app_0", old)
	page()

	if !harness.Oracle() {
		d.Configure(strings.Replace(config, "0666", "0606", 1))
		d.Ctl("update").Want(t, 0, "app: stopped\napp: updated process group\n")
		page()
	}
	d.Ctl("stop", "app:*").WantLines(t, 0, "app:app_0: stopped", "app:app_1: stopped", "app:app_2: stopped")
	harness.AwaitPage(t, url, 502, nil)
	d.Ctl("start", "app:*").WantLines(t, 0, "app:app_0: started", "app:app_1: started", "app:app_2: started")
	page()
}

// surf gets a page again and again, and answers the first failure.
func surf(url string, stop chan struct{}) error {
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		status, body, err := harness.Get(url)
		if err != nil || status != 200 {
			return fmt.Errorf("status %d, %v: %s", status, err, body)
		}
	}
}
