import { describe, expect, it } from "vitest";
import { render } from "./support/helm.ts";
import { find, type Manifest, podTemplates } from "./support/manifest.ts";
import { variants } from "./support/variants.ts";

const note = (manifest: Manifest, key: string): string =>
  manifest.metadata.annotations?.[`helm.sh/${key}`] ?? "";
/** `helm --timeout` when nothing is said, seconds. */
const helmTimeout = 300;

describe("helm test", () => {
  it.each(variants)(
    "is one pod that ends before helm gives up, and no other hook of the event: %s",
    async (_, rendering) => {
      const tests = (await render(rendering)).filter((one) => note(one, "hook").includes("test"));
      // `helm test --logs` asks for the log of a pod named as the hook, and fails when there is none.
      expect(tests.map((one) => one.kind)).toEqual(["Pod"]);
      const { activeDeadlineSeconds, ...spec } = podTemplates(tests)[0]!.template.spec;
      expect(activeDeadlineSeconds).toBeLessThan(helmTimeout);
      expect(spec.restartPolicy).toBe("Never");
    },
  );

  it("gets the client's credentials and not the program's own", async () => {
    const pod = find(await render(), "Pod", "antdb-test");
    expect(JSON.stringify(pod)).not.toContain("hooks-password");
    expect(JSON.stringify(pod)).toContain("credentials/password");
  });
});
