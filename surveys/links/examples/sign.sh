#!/bin/sh
# Usage: sh sign.sh SECRET CODE REFERENCE BASE-ADDRESS
SECRET=$1 CODE=$2 REFERENCE=$3 BASE=$4
SIGNATURE=$(printf '%s\n%s' "$CODE" "$REFERENCE" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //' | cut -c 1-32)
ENCODED=$(printf '%s' "$REFERENCE" | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g')
printf '%s/f/%s?job=%s&sig=%s\n' "$BASE" "$CODE" "$ENCODED" "$SIGNATURE"
