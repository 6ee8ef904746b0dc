-- wrk takes headers on its command line, but a method only from a script.
wrk.method = os.getenv("METHOD")
