package httpd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/gorilla/rpc/v2"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/xmlrpc"
)

// rpcType is the media type of calls and answers.
const rpcType = "text/xml"

// newRPC makes the XML-RPC side: gorilla's server with one method, which
// passes every call on to dispatcher. Its own look-up by reflection would need
// a type for each method's parameters and could not serve system.multicall.
func newRPC(dispatcher Caller, texts *texts, log func(config.Level, string, ...any)) http.Handler {
	s := rpc.NewServer()
	s.RegisterCodec(&codec{texts, log}, rpcType)
	if err := s.RegisterService(&gateway{dispatcher}, "Gateway"); err != nil {
		panic(err) // the methods of gateway do not fit gorilla's rules
	}
	return s
}

// rpc answers a call. Clients that are not browsers may come through any name.
func (e *endpoint) rpc(w http.ResponseWriter, r *http.Request) {
	if fromBrowser(r) {
		if why := e.foreign(r); why != nil {
			e.refuse(w, r, why)
			return
		}
	}
	body, ok := e.readBody(w, r, rpcSize)
	if !ok {
		return
	}
	// The type that the client declares is not looked at, as in Supervisor;
	// without one gorilla takes its only codec.
	r.Header.Del("Content-Type")
	r.Body = &received{Reader: bytes.NewReader(body), data: body}
	e.rpcs.ServeHTTP(w, r)
}

// received is the body of a call that has arrived whole.
type received struct {
	*bytes.Reader
	data []byte
}

// Close does nothing.
func (*received) Close() error { return nil }

// gateway is the service that gorilla sees.
type gateway struct {
	dispatcher Caller
}

// Request is a call as gorilla passes it on; it must be exported for that.
type Request struct {
	method string
	params []any
}

// Reply is the answer of one.
type Reply struct {
	result any
}

// Call passes a call on. It ends when the client goes away.
func (g *gateway) Call(r *http.Request, q *Request, a *Reply) error {
	var err error
	a.result, err = g.dispatcher.Call(r.Context(), q.method, q.params)
	return err
}

// codec is XML-RPC for gorilla.
type codec struct {
	texts *texts
	log   func(level config.Level, format string, args ...any)
}

// NewRequest reads a call.
func (c *codec) NewRequest(r *http.Request) rpc.CodecRequest {
	q := &codecRequest{codec: c, ctx: r.Context()}
	data, err := bodyOf(r)
	if err != nil {
		q.bad = err
		return q
	}
	q.method, q.params, q.bad = xmlrpc.ParseCall(data)
	return q
}

func bodyOf(r *http.Request) ([]byte, error) {
	if b, ok := r.Body.(*received); ok {
		return b.data, nil
	}
	return io.ReadAll(r.Body)
}

// codecRequest is one call and how to answer it.
type codecRequest struct {
	*codec
	Request
	ctx context.Context
	bad error // the request cannot be understood
}

// Method returns the name of gorilla's only method, whatever is called: an
// unknown method is a fault that the dispatcher answers.
func (q *codecRequest) Method() (string, error) { return "Gateway.Call", q.bad }

// ReadRequest hands the call to Gateway.Call.
func (q *codecRequest) ReadRequest(args any) error {
	*args.(*Request) = q.Request
	return nil
}

// WriteResponse sends a result.
func (q *codecRequest) WriteResponse(w http.ResponseWriter, v any) {
	data, err := q.texts.of(v.(*Reply).result)
	if err != nil {
		q.WriteError(w, http.StatusInternalServerError, err)
		return
	}
	write(w, http.StatusOK, rpcType, data)
}

// WriteError sends a fault, with the status 200 that XML-RPC wants whatever
// gorilla proposes; 400 if the request cannot be understood; and 500 for an
// error that is no fault.
func (q *codecRequest) WriteError(w http.ResponseWriter, _ int, err error) {
	var (
		fault    *api.Fault
		panicked *api.PanicError
	)
	switch {
	case q.bad != nil:
		q.log(config.Error, "XML-RPC request is invalid: %v", q.bad)
		errorPage(w, http.StatusBadRequest)
	case errors.As(err, &fault):
		write(w, http.StatusOK, rpcType, xmlrpc.AppendFault(nil, fault))
	case q.ctx.Err() != nil: // nobody is there to read it
		errorPage(w, http.StatusInternalServerError)
	case errors.As(err, &panicked):
		q.log(config.Critical, "XML-RPC method %s() panicked: %v\n%s", q.method, panicked.Value, panicked.Stack)
		errorPage(w, http.StatusInternalServerError)
	default:
		q.log(config.Critical, "XML-RPC method %s() failed: %v", q.method, err)
		errorPage(w, http.StatusInternalServerError)
	}
}
