package harness

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// Get fetches a page on a connection of its own.
func Get(url string) (status int, body string, err error) {
	client := &http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{DisableKeepAlives: true},
	}
	response, err := client.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// AwaitPage waits until a page is answered with a status and satisfies ok (nil:
// any body), and returns the body.
func AwaitPage(t testing.TB, url string, status int, ok func(body string) bool) string {
	t.Helper()
	var page string
	Await(t, Limit, "GET "+url, func() error {
		got, body, err := Get(url)
		if err != nil {
			return err
		}
		if got != status || ok != nil && !ok(body) {
			return fmt.Errorf("status %d (want %d), body %.300q", got, status, body)
		}
		page = body
		return nil
	})
	return page
}
