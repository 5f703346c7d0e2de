#!/bin/sh
# Usage: sh sign.sh SECRET-FILE CODE REFERENCE BASE-ADDRESS
# The secret stands in a file that only this user may read: whatever stands on a command line, other users of the machine can see.
# Perl makes the signature, because openssl would take the secret on its command line.
exec perl -MDigest::SHA=hmac_sha256_hex -e '
	my ($file, $code, $reference, $base) = @ARGV;
	open(my $in, "<", $file) or die "$file: $!\n";
	my $secret = <$in>;
	$secret =~ s/\s+$//;
	my $signature = substr(hmac_sha256_hex("$code\n$reference", $secret), 0, 32);
	(my $encoded = $reference) =~ s/([^A-Za-z0-9._~-])/sprintf("%%%02X", ord($1))/ge;
	print "$base/f/$code?job=$encoded&sig=$signature\n";
' "$@"
