// Package clients holds real clients of Supervisor, written by others, against
// the daemon: Supervisor's own client and its Python package, Ansible's module,
// the Prometheus exporter, XML-RPC libraries of seven languages, curl, and
// event listeners. Each does what its users do, and what it gets is compared
// value by value.
//
// The tests must also pass with the original as the daemon, which proves that
// they ask for what Supervisor does:
//
//	SUPERVISORD=/usr/bin/supervisord go test ./tests/clients
//
// scripts/test installs the clients; docs/clients.md lists them.
package clients_test
