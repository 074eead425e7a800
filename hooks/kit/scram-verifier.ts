import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";
import type { Secret } from "./secret.ts";

/** PostgreSQL's own count; a stored verifier may say another. */
const defaultIterations = 4096;
const keyBytes = 32;
const saltBytes = 16;

/**
 * What PostgreSQL stores for a role instead of the password: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`
 * (RFC 5802, RFC 7677; src/backend/libpq/auth-scram.c). It may stand in SQL text and logs where the password may not.
 * @param salt given only where the result has to be the same again
 */
export function makeScramVerifier(
  password: Secret,
  salt: Uint8Array = randomBytes(saltBytes),
  iterations: number = defaultIterations,
): string {
  const salted = pbkdf2Sync(prepare(password.reveal()), salt, iterations, keyBytes, "sha256");
  const hmac = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString("base64")}$${storedKey}:${serverKey}`;
}

/**
 * Whether a role's stored secret (`pg_authid.rolpassword`: a SCRAM verifier or `md5…`) was made from this password.
 * @param role its name, which the md5 form is salted with
 */
export function passwordMatches(password: Secret, role: string, stored: string | undefined): boolean {
  if (stored === undefined) return false;
  const scram = /^SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/=]+)\$/.exec(stored);
  if (scram !== null) {
    const [, iterations = "", salt = ""] = scram;
    return sameText(makeScramVerifier(password, Buffer.from(salt, "base64"), Number(iterations)), stored);
  }
  if (!/^md5[0-9a-f]{32}$/.test(stored)) return false;
  return sameText(`md5${createHash("md5").update(password.reveal()).update(role).digest("hex")}`, stored);
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** SASLprep as far as it changes what people use as passwords: odd spaces, invisible characters, and composed forms (RFC 4013 §2). */
function prepare(password: string): string {
  return password
    .replaceAll(/[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g, " ")
    .replaceAll(/\u00AD|\u034F|\u1806|[\u180B-\u180D]|[\u200B-\u200D]|\u2060|[\uFE00-\uFE0F]|\uFEFF/g, "")
    .normalize("NFKC");
}
