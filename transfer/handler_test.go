package transfer_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// Handlers that a client must not be able to tell from those of a real server.
func TestHandlerIsLikeServer(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("0123456789", 1000)
	for name, h := range map[string]http.HandlerFunc{
		"nothing":     func(http.ResponseWriter, *http.Request) {},
		"status only": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) },
		"text":        func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") },
		"html":        func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"big":         func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, big) },
		"big, length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10000")
			_, _ = io.WriteString(w, big)
		},
		"pieces": func(w http.ResponseWriter, _ *http.Request) {
			for range 300 {
				_, _ = io.WriteString(w, "0123456789")
			}
		},
		"flushed": func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "hello")
		},
		"flushed later": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "hello")
			w.(http.Flusher).Flush()
		},
		"no content": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(204)
			_, err := io.WriteString(w, "hello")
			w.Header().Set("X-Late", "1")
			if !errors.Is(err, http.ErrBodyNotAllowed) {
				panic(err)
			}
		},
		"not modified": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) },
		"early hints": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			w.WriteHeader(201)
		},
		"own type": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "x/y")
			w.Header().Set("Date", "Thu, 02 Jan 2020 03:04:05 GMT")
			_, _ = io.WriteString(w, "hello")
		},
		"encoded": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = io.WriteString(w, "hello")
		},
		"too long": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "3")
			_, _ = io.WriteString(w, "hel")
			if _, err := io.WriteString(w, "lo"); !errors.Is(err, http.ErrContentLength) {
				panic(err)
			}
		},
		"too short": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "30")
			_, _ = io.WriteString(w, "hello")
		},
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "30")
			_, _ = io.WriteString(w, "hello")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
		"cut at once": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"echo": func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			_, _ = io.WriteString(w, r.Method+" "+r.RequestURI+" "+r.URL.String()+" "+r.Proto+" "+r.Header.Get("X-A")+string(b))
		},
		"multiplexed": func(w http.ResponseWriter, r *http.Request) {
			mux := http.NewServeMux()
			mux.HandleFunc("/dir/", func(http.ResponseWriter, *http.Request) {})
			r.URL.Path = "/dir"
			mux.ServeHTTP(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(h)
			defer server.Close()
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
				want, wantBody, wantErr := get(t, network(t), method, server.URL+"/a%2Fb?x=1", "X-A", "1")
				got, gotBody, gotErr := get(t, transfer.Handler(h), method, "http://www.example.com/a%2Fb?x=1", "X-A", "1")
				require.Equal(t, wantErr == nil, gotErr == nil, "%v, %v", wantErr, gotErr)
				require.Equal(t, wantBody, gotBody)
				if want == nil || got == nil {
					require.Equal(t, want, got)
					continue
				}
				require.Equal(t, want.StatusCode, got.StatusCode)
				require.Equal(t, want.Status, got.Status)
				require.Equal(t, want.ContentLength, got.ContentLength, method)
				for _, h := range []http.Header{want.Header, got.Header} {
					h.Del("Connection") // the server closes after what it cannot make good
					if !strings.HasPrefix(h.Get("Date"), "Thu, 02 Jan 2020") {
						require.NotEmpty(t, h.Get("Date"))
						h.Del("Date")
					}
				}
				require.Equal(t, maps.Collect(maps.All(want.Header)), maps.Collect(maps.All(got.Header)), method)
			}
		})
	}
}

// A second status and a length that is none change nothing.
func TestHandlerErrs(t *testing.T) {
	t.Parallel()
	resp, body, err := get(t, transfer.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "-1")
		w.WriteHeader(201)
		w.WriteHeader(202)
		_, _ = io.WriteString(w, "hello")
	})), http.MethodGet, site)
	require.NoError(t, err)
	require.Equal(t, 201, resp.StatusCode)
	require.EqualValues(t, 5, resp.ContentLength)
	require.Equal(t, "hello", body)
}

func TestHandlerSees(t *testing.T) {
	t.Parallel()
	c := newClock()
	leaf := selfSigned(t, "client").Leaf
	var seen *http.Request
	rt := transfer.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r
		_, _ = io.WriteString(w, transfer.Now(r.Context()).Format(time.RFC3339)+" "+transfer.ProxyOf(r.Context()).Host)
	}))
	proxy := &url.URL{Scheme: "http", Host: "proxy"}
	certificate := &tls.Certificate{Certificate: [][]byte{leaf.Raw}}
	for _, target := range []string{"http://host:81", "https://host:444/a"} {
		for _, certificate := range []*tls.Certificate{nil, certificate, {Leaf: leaf}, {Certificate: [][]byte{{1}}}} {
			ctx := transfer.WithClientCertificate(transfer.WithProxy(c.context(t), proxy), certificate)
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
			require.NoError(t, err)
			resp, err := rt.RoundTrip(req)
			require.NoError(t, err)
			b, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, "2024-05-06T07:08:09Z proxy", string(b))
			require.Equal(t, "Mon, 06 May 2024 07:08:09 GMT", resp.Header.Get("Date"))
			require.Equal(t, req.URL.Host, seen.Host)
			require.True(t, strings.HasPrefix(seen.URL.Path, "/"))
			if req.URL.Scheme == "http" {
				require.Nil(t, seen.TLS)
				continue
			}
			require.Equal(t, "host", seen.TLS.ServerName)
			if certificate == nil || len(certificate.Certificate) == 1 && len(certificate.Certificate[0]) == 1 {
				require.Empty(t, seen.TLS.PeerCertificates)
				continue
			}
			require.Equal(t, leaf.Raw, seen.TLS.PeerCertificates[0].Raw)
		}
	}
}

// Closing the body ends the handler's context and its writes.
func TestHandlerEndsWithBody(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	rt := transfer.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 5000)); err != nil {
				<-r.Context().Done()
				ended <- err
				return
			}
		}
	}))
	resp, err := rt.RoundTrip(httptest.NewRequest(http.MethodGet, site, nil))
	require.NoError(t, err)
	_, err = io.CopyN(io.Discard, resp.Body, 12_345)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.ErrorIs(t, <-ended, io.ErrClosedPipe)

	// So does the end of the request's context, whether the handler heeds it or not.
	ctx, cancel := context.WithCancel(t.Context())
	resp, err = rt.RoundTrip(httptest.NewRequest(http.MethodGet, site, nil).WithContext(ctx))
	require.NoError(t, err)
	cancel()
	_, err = io.Copy(io.Discard, resp.Body)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, <-ended, io.ErrClosedPipe)

	release := make(chan struct{})
	deaf := transfer.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	_, err = deaf.RoundTrip(httptest.NewRequest(http.MethodGet, site, nil).WithContext(ctx))
	require.ErrorIs(t, err, context.Canceled)
	close(release)

	// HEAD has nothing to write to, and still ends.
	ctx, cancel = context.WithCancel(t.Context())
	resp, err = rt.RoundTrip(httptest.NewRequest(http.MethodHead, site, nil).WithContext(ctx))
	require.NoError(t, err)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	require.NoError(t, resp.Body.Close())
}

func TestHandlerPanics(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		h    http.HandlerFunc
		text string
	}{
		"panic":  {func(http.ResponseWriter, *http.Request) { panic("oops") }, "the handler panicked: oops"},
		"later":  {func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); panic("oops") }, "the handler panicked: oops"},
		"Goexit": {func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, "the handler did not return"},
	} {
		_, _, err := get(t, transfer.Handler(row.h), http.MethodGet, site)
		require.ErrorContains(t, err, row.text, name)
	}
	_, o := fetch(t, transfer.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })), transfer.Request{})
	requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, true)
}

func TestHandlerStreams(t *testing.T) {
	t.Parallel()
	turn := make(chan struct{})
	rt := transfer.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 3 {
			_, _ = io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			<-turn
		}
	}))
	resp, err := rt.RoundTrip(httptest.NewRequest(http.MethodGet, site, nil))
	require.NoError(t, err)
	for range 3 {
		b := make([]byte, 10)
		n, err := resp.Body.Read(b)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		turn <- struct{}{}
	}
	rest, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Empty(t, rest)
	require.NoError(t, resp.Body.Close())
}

func TestRequireClientCertificate(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(10))
	rt := transfer.RequireClientCertificate(s)
	_, o := fetch(t, rt, transfer.Request{URL: "https://a.example/file"})
	requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED, false)
	_, _, err := get(t, rt, http.MethodPost, "https://a.example/file")
	require.Error(t, err)
	require.Empty(t, s.Requests())
	l, o := fetch(t, rt, transfer.Request{URL: "https://a.example/file", ClientCertificate: &tls.Certificate{}})
	require.NoError(t, o.err)
	require.True(t, bytes.Equal(s.Bytes(), l.data))
	_, o = fetch(t, rt, transfer.Request{})
	require.NoError(t, o.err, "http asks for none")
}

// What was written early is lost when nobody waits for it any more.
func TestHandlerWritesTooLate(t *testing.T) {
	t.Parallel()
	closed, ended := make(chan struct{}), make(chan error, 1)
	rt := transfer.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(make([]byte, 100))
		w.(http.Flusher).Flush()
		<-closed
		_, err := w.Write(make([]byte, 100))
		ended <- err
	}))
	resp, err := rt.RoundTrip(httptest.NewRequest(http.MethodGet, site, nil))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	close(closed)
	require.ErrorIs(t, <-ended, io.ErrClosedPipe)

	rt = transfer.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(make([]byte, 100))
		_, err := w.Write(make([]byte, 5000))
		ended <- err
	}))
	resp, err = rt.RoundTrip(httptest.NewRequest(http.MethodGet, site, nil))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.ErrorIs(t, <-ended, io.ErrClosedPipe)
}
