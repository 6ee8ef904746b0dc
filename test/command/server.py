"""A server with Python's own library, with CORS written by hand, as many have it."""
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_OPTIONS(self):
        self.send_response(204)
        self.send_header('Access-Control-Allow-Origin', 'https://app.example.com')
        # str(True) is a common mistake.
        self.send_header('Access-Control-Allow-Credentials', str(True))
        self.send_header('Access-Control-Allow-Methods', 'PUT')
        self.end_headers()

    def do_GET(self):
        self.send_response(200)
        self.send_header('Access-Control-Allow-Origin', '*')
        self.end_headers()

    def log_message(self, *args):
        pass


server = HTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
