package transcript

//go:generate go run ./internal/gen -o objects_gen.go
