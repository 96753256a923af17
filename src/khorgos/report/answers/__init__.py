"""One module a question: what the command of that name answers, as a view with the measures behind it."""
