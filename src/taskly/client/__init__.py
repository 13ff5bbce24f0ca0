"""The command line as a client of the API: it knows addresses and answers, and nothing of the server's insides."""
