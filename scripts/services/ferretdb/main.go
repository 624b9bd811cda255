// FerretDB, which speaks MongoDB's protocol and keeps its data in PostgreSQL, as one small program. Its own command
// cannot be had by `go install`: it stops at once for want of a file that only its release build makes. What it
// embeds into other programs works.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

// A refused duplicate is how the journal fences writers, and FerretDB logs each as an error: above that it is quiet.
const quiet = slog.LevelError + 1

func main() {
	listen := flag.String("listen-addr", "127.0.0.1:27017", "address to listen at")
	url := flag.String("postgresql-url", "", "PostgreSQL that keeps the data")
	flag.Parse()
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: quiet}))
	db, err := ferretdb.New(&ferretdb.Config{
		Listener:      ferretdb.ListenerConfig{TCP: *listen},
		Logger:        logger,
		Handler:       "postgresql",
		PostgreSQLURL: *url,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "FerretDB does not start:", err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := db.Run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "FerretDB ended:", err)
		os.Exit(1)
	}
}
