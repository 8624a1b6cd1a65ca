package jobstore_test

func runChild() {}
