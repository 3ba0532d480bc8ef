"""Groq's batch engine: files of requests, the jobs, and the answers fetched from them."""
