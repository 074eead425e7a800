import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSettingValue, sameSetting, type SettingType } from "../../../hooks/kit/setting-value.ts";

const kB: SettingType = { type: "integer", unit: "kB", min: 64, max: 2147483647 };
const blocks: SettingType = { type: "integer", unit: "8kB", min: 16, max: 1073741823 };
const ms: SettingType = { type: "integer", unit: "ms", min: -1, max: 2147483647 };
const plain: SettingType = { type: "integer", min: 1, max: 1000 };
const bool: SettingType = { type: "bool" };
const real: SettingType = { type: "real", min: 0, max: 1 };
const sync: SettingType = { type: "enum", words: ["local", "remote_write", "on", "off"] };

describe("readSettingValue", () => {
  it.each<[string, SettingType, string]>([
    ["64MB", kB, "65536"],
    ["65536", kB, "65536"],
    [" 64 MB ", kB, "65536"],
    ["1GB", blocks, "131072"],
    ["128MB", blocks, "16384"],
    ["5s", ms, "5000"],
    ["-1", ms, "-1"],
    ["1h", ms, "3600000"],
    ["2min", { type: "integer", unit: "s" }, "120"],
    ["1500ms", { type: "integer", unit: "s" }, "1"],
    ["200", plain, "200"],
    ["TRUE", bool, "on"],
    ["0", bool, "off"],
    ["0.50", real, "0.5"],
    ["Remote_Write", sync, "remote_write"],
    ["true", sync, "on"],
    ["%m [%p] ", { type: "string" }, "%m [%p] "],
  ])("%s is %j: %s", (text, type, value) => {
    expect(readSettingValue(text, type)).toEqual({ value });
  });

  it.each<[string, SettingType, RegExp]>([
    ["banana", kB, /whole number of kB, or one with a unit: B, kB, MB, GB, TB/],
    ["64Mb", kB, /unit/],
    ["5s", kB, /unit/],
    ["64MB", ms, /unit: ms, s, min, h, d/],
    ["64MB", plain, /not a whole number/],
    ["1.5", plain, /not a whole number/],
    ["", plain, /not a whole number/],
    ["1kB", kB, /out of range \(64 to 2147483647, counted in kB\)/],
    ["1001", plain, /out of range \(1 to 1000\)/],
    ["maybe", bool, /neither on nor off/],
    ["2", real, /out of range/],
    ["", real, /not a number/],
    ["sometimes", sync, /none of local, remote_write, on, off/],
  ])("%s is no %j", (text, type, wrong) => {
    expect(readSettingValue(text, type)).toEqual({ wrong: expect.stringMatching(wrong) as string });
  });

  it("reads what it has read", () => {
    const types = [kB, blocks, ms, plain, bool, real, sync];
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...types), (text, type) => {
        const once = readSettingValue(text, type);
        if ("value" in once) expect(readSettingValue(once.value, type)).toEqual(once);
      }),
    );
  });
});

describe("sameSetting", () => {
  it("compares as the engine counts, and by the letter what is no value", () => {
    expect(sameSetting("64MB", "65536", kB)).toBe(true);
    expect(sameSetting("64MB", "64", kB)).toBe(false);
    expect(sameSetting("--", "64MB", kB)).toBe(false);
    expect(sameSetting("what", "what", kB)).toBe(true);
  });
});
