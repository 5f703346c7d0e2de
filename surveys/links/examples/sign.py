# Usage: python3 sign.py SECRET CODE REFERENCE BASE-ADDRESS
import hashlib, hmac, sys, urllib.parse

secret, code, reference, base = sys.argv[1:5]
message = f"{code}\n{reference}".encode("utf-8")
signature = hmac.new(secret.encode("ascii"), message, hashlib.sha256).hexdigest()[:32]
print(f"{base}/f/{code}?" + urllib.parse.urlencode({"job": reference, "sig": signature}))
