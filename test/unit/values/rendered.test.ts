import { describe, expect, it } from "vitest";
import { topologyText } from "../../../hooks/values/rendered.ts";

const manifest = `---
# Source: antdb/templates/shared/configmap-topology.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: antdb-topology
data:
  topology.json: |
    {
      "schemaVersion": 1
    }
---
apiVersion: v1
kind: Service
`;

describe("topologyText", () => {
  it("finds the file in what helm prints", () => {
    expect(JSON.parse(topologyText(manifest))).toEqual({ schemaVersion: 1 });
  });

  it("finds it at the end too", () => {
    const [end = ""] = manifest.split("---\napiVersion: v1\nkind: Service");
    expect(JSON.parse(topologyText(end))).toEqual({ schemaVersion: 1 });
  });

  it("takes anything else for the file itself", () => {
    expect(topologyText('{"schemaVersion": 1}')).toBe('{"schemaVersion": 1}');
  });
});
