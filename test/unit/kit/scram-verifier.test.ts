import { describe, expect, it } from "vitest";
import { makeScramVerifier, passwordMatches } from "../../../hooks/kit/scram-verifier.ts";
import { Secret } from "../../../hooks/kit/secret.ts";

const pencil = new Secret("pencil");
/** The keys of RFC 7677's example (§3): user, pencil, its salt and 4096 rounds. */
const rfc7677 =
  "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

describe("makeScramVerifier", () => {
  it("gives the keys of the standard's example", () => {
    expect(makeScramVerifier(pencil, Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"))).toBe(rfc7677);
  });

  it("takes another salt each time", () => {
    expect(makeScramVerifier(pencil)).not.toBe(makeScramVerifier(pencil));
  });
});

describe("passwordMatches", () => {
  it.each([
    ["the verifier of the standard", "user", rfc7677, true],
    ["a verifier of our own", "app", makeScramVerifier(pencil), true],
    ["another password's verifier", "app", makeScramVerifier(new Secret("pen")), false],
    ["other rounds than PostgreSQL's own", "app", makeScramVerifier(pencil, Buffer.alloc(16, 7), 1000), true],
    // select 'md5' || md5('pencil' || 'app')
    ["an md5 hash", "app", "md506d701b4dd9f7cbb00816251a451b978", true],
    ["an md5 hash of another role", "other", "md506d701b4dd9f7cbb00816251a451b978", false],
    ["no password at all", "app", undefined, false],
    ["something else", "app", "pencil", false],
  ])("%s", (_, role, stored, expected) => {
    expect(passwordMatches(pencil, role, stored)).toBe(expected);
  });

  it("prepares a password as PostgreSQL does", () => {
    // PostgreSQL 15: create role … password 'pässwörd ﬁ'
    const stored =
      "SCRAM-SHA-256$4096:VHeL+u67qHiBT7/VPTtZwg==$32pmcMNw+OxYFIdAj2iCiF9rTFi6PiXKDo6y0imnp/8=:ig4CpQG2bSu71WJPNomqKq4lKjoyYq8TiRTHuRRKbYI=";
    expect(passwordMatches(new Secret("pässwörd ﬁ"), "app", stored)).toBe(true);
  });
});
