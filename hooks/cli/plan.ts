import { observeAndPlan } from "../loop/observe.ts";
import { renderPlan } from "../report/plan-text.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

/** Prints what reconcile would do now, and changes nothing. */
export async function runPlan(
  runtime: Runtime,
  options: { topology: string; output: "text" | "json" },
): Promise<Closing> {
  const { values, topology } = loadValues(runtime, options.topology);
  const { plan } = await observeAndPlan(topology, runtime.openPorts(values, { quiet: true }), runtime.stop, {
    sessions: true,
  });
  runtime.print(options.output === "json" ? `${JSON.stringify(plan, undefined, 2)}\n` : renderPlan(plan));
  const steps = plan.stages.reduce((sum, stage) => sum + stage.steps.length, 0);
  return {
    exitCode: 0,
    line: `plan: ${steps} action${steps === 1 ? "" : "s"}, ${plan.leftAlone.length} left alone`,
  };
}
