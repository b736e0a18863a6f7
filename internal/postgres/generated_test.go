package postgres_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// sqlc falls back to any or pgtype for a type it was told nothing about, without a word.
func TestGeneratedTypesAreOurs(t *testing.T) {
	files, err := filepath.Glob("../../gen/*db/*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d generated files: %v", len(files), err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			fields, ok := spec.Type.(*ast.StructType)
			if !ok {
				return false
			}
			for _, field := range fields.Fields.List {
				if kind := types.ExprString(field.Type); strings.Contains(kind, "pgtype.") || kind == "any" || strings.HasPrefix(kind, "interface") {
					t.Errorf("%s: %s has a field of type %s", filepath.Base(name), spec.Name.Name, kind)
				}
			}
			return false
		})
	}
}
