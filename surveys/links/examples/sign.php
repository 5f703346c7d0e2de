<?php
// Usage: php sign.php SECRET-FILE CODE REFERENCE BASE-ADDRESS
[, $file, $code, $reference, $base] = $argv;
$secret = trim(file_get_contents($file));
$signature = substr(hash_hmac('sha256', $code . "\n" . $reference, $secret), 0, 32);
echo $base . '/f/' . $code . '?' . http_build_query(['job' => $reference, 'sig' => $signature]) . "\n";
