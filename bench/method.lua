-- wrk takes headers on its command line, but the method from a script alone.
wrk.method = os.getenv("METHOD")
