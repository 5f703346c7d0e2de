// Usage: Sign SECRET-FILE CODE REFERENCE BASE-ADDRESS
using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;

var (secret, code, reference, baseAddress) = (File.ReadAllText(args[0]).Trim(), args[1], args[2], args[3]);
using var hmac = new HMACSHA256(Encoding.ASCII.GetBytes(secret));
var hash = hmac.ComputeHash(Encoding.UTF8.GetBytes(code + "\n" + reference));
var signature = Convert.ToHexString(hash).ToLowerInvariant().Substring(0, 32);
Console.WriteLine($"{baseAddress}/f/{code}?job={Uri.EscapeDataString(reference)}&sig={signature}");
