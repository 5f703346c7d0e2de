<?php
// Usage: php sign.php SECRET CODE REFERENCE BASE-ADDRESS
[, $secret, $code, $reference, $base] = $argv;
$signature = substr(hash_hmac('sha256', $code . "\n" . $reference, $secret), 0, 32);
echo $base . '/f/' . $code . '?' . http_build_query(['job' => $reference, 'sig' => $signature]) . "\n";
