package main

import (
	"context"

	"github.com/ccatobs/opsdb/internal/lab"
)

func labCommand(ctx context.Context, p program) error {
	return lab.Command(ctx, p.args, p.out, p.err)
}
