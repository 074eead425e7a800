import { describe, expect, it } from "vitest";
import { Failure, isFailure, toFailure } from "../../../hooks/model/failure.ts";

const facts = { class: "retry", code: "node-error", what: "no space left", object: "dn_0" } as const;

describe("Failure", () => {
  it("says the object, what, and the remedy", () => {
    expect(new Failure(facts).message).toBe("dn_0: no space left");
    expect(new Failure({ ...facts, remedy: "make it larger" }).message).toBe(
      "dn_0: no space left; make it larger",
    );
  });

  it("is one line, whatever an engine said", () => {
    expect(new Failure({ ...facts, what: "no space\n  left \r\n" }).facts.what).toBe("no space left");
  });

  it("keeps its cause", () => {
    const cause = new Error("ENOSPC");
    expect(new Failure(facts, { cause }).cause).toBe(cause);
  });
});

describe("toFailure", () => {
  it("leaves a failure as it is, even one made by another copy of the class", () => {
    const failure = new Failure(facts);
    expect(toFailure(failure, "x")).toBe(failure);
    const twin = Object.assign(new Error("twin"), { [Symbol.for("antdb.failure")]: true, facts });
    expect(isFailure(twin)).toBe(true);
  });

  it.each([
    [new TypeError("x is not a function"), "x is not a function"],
    ["a string", "a string"],
    [undefined, "undefined"],
  ])("anything else is a bug of ours: %s", (thrown, what) => {
    expect(toFailure(thrown, "cluster").facts).toEqual({
      class: "bug",
      code: "unexpected",
      what,
      object: "cluster",
    });
  });
});
