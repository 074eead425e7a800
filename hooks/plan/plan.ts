import { byKeys } from "../kit/sort.ts";
import type { Action, LeftAlone, Plan, Step } from "../model/action.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";
import { planAccess } from "./access.ts";
import { planAppends } from "./append.ts";
import { planAuthentication } from "./authentication.ts";
import { planBeside } from "./beside.ts";
import { planCatalogs } from "./catalog.ts";
import { planClients } from "./clients.ts";
import type { Concern } from "./concern.ts";
import { planGtmAddress } from "./gtm.ts";
import { planHosts } from "./hosts.ts";
import { respectHold } from "./hold.ts";
import { planInitialisation, planSeal } from "./initialise.ts";
import { planKeeping } from "./keep-catalog.ts";
import { planLabels, planLeavingLabels } from "./labels.ts";
import { planLeaving } from "./leaving.ts";
import { untilTold } from "./leaving-datanodes.ts";
import { planMonitor } from "./monitor.ts";
import { planNodes } from "./nodes.ts";
import { planParameters } from "./parameters.ts";
import { planPods } from "./pods.ts";
import { barWhileLost, planRebuild } from "./rebuild.ts";
import { planRestarts } from "./restarts.ts";
import { withSessions } from "./sessions.ts";
import { planSlots } from "./slots.ts";
import { stageOf, stages } from "./stages.ts";
import { planStandbyReads } from "./standby-reads.ts";
import { planStandbys } from "./standbys.ts";
import { planStarts } from "./start.ts";
import { planSynchrony } from "./synchrony.ts";
import { viewWorld } from "./world.ts";

const concerns: readonly Concern[] = [
  planRebuild,
  planHosts,
  planNodes,
  planParameters,
  planInitialisation,
  planSeal,
  planStarts,
  planLeaving,
  planAccess,
  planAuthentication,
  planGtmAddress,
  planStandbys,
  planSynchrony,
  planCatalogs,
  planStandbyReads,
  planRestarts,
  planAppends,
  planSlots,
  planClients,
  planMonitor,
  planLabels,
  planBeside,
  planLeavingLabels,
  planKeeping,
];

function intoStages(steps: readonly Step[]): Plan["stages"] {
  return stages.flatMap(({ name }, index) => {
    const own = steps.filter((step) => stageOf(step.action.kind) === index);
    return own.length === 0 ? [] : [{ name, steps: own }];
  });
}

/** Without a manager nothing can be decided: the pods are waited for, and a refusal that no wait can cure is said. */
function planWithoutManager(topology: Topology, snapshot: Snapshot): Plan {
  const trouble = snapshot.managerTrouble;
  const waits = planPods(topology, snapshot);
  if (trouble?.facts.class === "terminal") {
    const { object, what, remedy } = trouble.facts;
    return {
      stages: [],
      leftAlone: [{ object, reason: what, blocks: true, ...(remedy === undefined ? {} : { remedy }) }],
    };
  }
  const answer: Step = {
    action: { kind: "wait", target: `pod ${topology.managerPod}`, for: "the manager to answer" },
    reason: trouble?.facts.what ?? "it does not answer yet",
    disturbance: "none",
  };
  const named = waits.some((step) => step.action.target === answer.action.target);
  return { stages: intoStages(named ? waits : [...waits, answer]), leftAlone: [] };
}

/** The manager serialises nothing by itself (manager reference §2.12): beside a command that still runs, even a harmless one may collide. */
const busyPlan: Plan = {
  stages: intoStages([
    {
      action: { kind: "wait", target: "manager", for: "a former command to end" },
      reason: "a run that was cut off left INIT ALL, CLEAN ALL or APPEND running in the manager",
      disturbance: "none",
    },
  ]),
  leftAlone: [],
};

/** What these concerns want, in stages, beside what has to be waited for. */
function decide(
  { topology, snapshot }: { readonly topology: Topology; readonly snapshot: Snapshot },
  wanted: readonly Concern[],
  waits: readonly Step[] = [],
): Plan {
  if (snapshot.manager === undefined) return planWithoutManager(topology, snapshot);
  if (snapshot.manager.busy) return busyPlan;
  const world = viewWorld(topology, snapshot, snapshot.manager);
  const findings = wanted.map((concern) => concern(world));
  const found = [...waits, ...findings.flatMap((finding) => finding.steps)];
  const steps = withSessions(world, found);
  const leftAlone = findings.flatMap((finding): readonly LeftAlone[] => finding.leftAlone ?? []);
  return { stages: intoStages(steps), leftAlone: leftAlone.toSorted(byKeys((entry) => entry.object)) };
}

/** The whole decision: what there should be and what there is → what to do, sorted and explained. Pure and total. */
export function makePlan(topology: Topology, snapshot: Snapshot): Plan {
  const { wanted, waits } = respectHold(topology, snapshot);
  return decide({ topology: wanted, snapshot }, concerns, [...planPods(wanted, snapshot), ...waits]);
}

const isUntold = (action: Action): boolean => action.kind === "wait" && action.for === untilTold;

/** Only what has to be done before the pods of nodes that are no longer wanted go away: all of it or, where one may not go, nothing. */
export function makeDeparturePlan(topology: Topology, snapshot: Snapshot): Plan {
  const { stages: steps, leftAlone } = decide({ topology, snapshot }, [
    // STOP goes to where the manager has the node: at an old address it may stop another.
    planHosts,
    planLeaving,
    planLeavingLabels,
    barWhileLost,
  ]);
  if (leftAlone.some(({ blocks }) => blocks)) return { stages: [], leftAlone };
  const untold = steps.some((stage) => stage.steps.some(({ action }) => isUntold(action)));
  return { stages: untold ? steps.filter(({ name }) => name === "wait") : steps, leftAlone };
}
