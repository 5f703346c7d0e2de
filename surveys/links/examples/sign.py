# Usage: python3 sign.py SECRET-FILE CODE REFERENCE BASE-ADDRESS
import hashlib, hmac, sys, urllib.parse

secret_file, code, reference, base = sys.argv[1:5]
with open(secret_file, "rb") as f:
    secret = f.read().strip()
message = f"{code}\n{reference}".encode("utf-8")
signature = hmac.new(secret, message, hashlib.sha256).hexdigest()[:32]
print(f"{base}/f/{code}?" + urllib.parse.urlencode({"job": reference, "sig": signature}))
