import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConninfo, renderConninfo } from "../../../../hooks/adapters/node/conninfo.ts";
import { linesOf, readSetting, withSetting } from "../../../../hooks/adapters/node/settings-file.ts";
import { normaliseHba } from "../../../../hooks/adapters/node/facts.ts";

describe("conninfo", () => {
  it("reads what the manager and pg_basebackup write", () => {
    const text = "host=10.0.0.1 port = 5433 user='antdb' application_name=ds_0 password='a\\'b\\\\c'";
    expect(Object.fromEntries(parseConninfo(text))).toEqual({
      host: "10.0.0.1",
      port: "5433",
      user: "antdb",
      application_name: "ds_0",
      password: "a'b\\c",
    });
  });

  it("renders what it reads, whatever the values", () => {
    const key = fc.stringMatching(/^[a-z_]{1,12}$/);
    fc.assert(
      fc.property(fc.dictionary(key, fc.string()), (values) => {
        const pairs = new Map(Object.entries(values));
        expect(parseConninfo(renderConninfo(pairs))).toEqual(pairs);
      }),
    );
  });
});

describe("settings files", () => {
  const lines = linesOf(
    "# agtm_host = 'commented'\nport = 5433\t# (change requires restart)\nagtm_host = 'a'\nAgtm_Host 'b' # last\nagtm_port = 6666\n",
  );

  it("reads the last line of a key, and no comment", () => {
    expect(readSetting(lines, "agtm_host")).toBe("b");
    expect(readSetting(lines, "port")).toBe("5433");
    expect(readSetting(lines, "agtm_name")).toBeUndefined();
  });

  it("writes one value where the first was and leaves the rest as it is", () => {
    expect(withSetting(withSetting(lines, "agtm_host", "10.0.0.1"), "agtm_port", "6655")).toEqual([
      "# agtm_host = 'commented'",
      "port = 5433\t# (change requires restart)",
      "agtm_host = '10.0.0.1'",
      "agtm_port = 6655",
    ]);
    expect(withSetting(lines, "new_key", "it's").at(-1)).toBe("new_key = 'it''s'");
  });

  it("reads back what it wrote, whatever the value", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^\n\r]{0,40}$/), (value) => {
        expect(readSetting(withSetting(lines, "agtm_host", value), "agtm_host")).toBe(value);
      }),
    );
  });
});

describe("normaliseHba", () => {
  it("keeps what decides", () => {
    expect(normaliseHba("\n# a comment\nhost\tall  all   10.0.0.1/32\ttrust  # why\n  \n")).toEqual([
      "host all all 10.0.0.1/32 trust",
    ]);
  });
});
